"""Arguments that several commands share."""

from typing import Annotated

import typer

RunFolder = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A folder that `train` wrote, or OWNER/NAME on the Hub."
    ),
]
Dataset = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DATASET",
        help="A folder, a file or a hub id; or SPLIT=FILE, once for each split.",
    ),
]
NumBeams = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Width of the search; 1: greedy.")
]
BatchSize = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Examples decoded together.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any further option."),
]
Recipe = Annotated[
    str | None,
    typer.Option(
        metavar="MODULE:CLASS", help="The recipe of the run, if it is not installed."
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(metavar="N", help="Samples of the bootstrap, 1000 by default."),
]
Seed = Annotated[
    int | None, typer.Option(metavar="N", help="Seed of the samples, 12345 by default.")
]
RecipeOrCard = Annotated[
    str | None,
    typer.Argument(
        metavar="RECIPE|CARD.yaml",
        help="A recipe, by its name or as package.module:Class, or a card.",
    ),
]
OptionsHelp = Annotated[
    bool,
    typer.Option("--help", help="Show this message; with a RECIPE, its options too."),
]
DevicePreset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Options for a kind of device, gpu or tpu: those of the card, or general "
        "ones. Options of the command come before them.",
    ),
]
Devices = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Devices of this machine that share each batch; by default one.",
    ),
]
ModelParallel = Annotated[
    int,
    typer.Option(
        min=1,
        metavar="K",
        help="Devices that share one copy of the weights, with JAX; by default one.",
        show_default=False,
    ),
]
Coordinator = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Train together with other processes, with JAX: the address and a free "
        "port of process 0. (JAX_COORDINATOR_ADDRESS)",
        show_default=False,
    ),
]
NumProcesses = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="How many processes there are. (JAX_NUM_PROCESSES)"
    ),
]
ProcessId = Annotated[
    int | None,
    typer.Option(
        min=0, metavar="R", help="Which of them this one is, from 0. (JAX_PROCESS_ID)"
    ),
]
Distributed = Annotated[
    bool,
    typer.Option(
        "--distributed",
        help="Train together with the processes that SLURM, Kubernetes, Open MPI or a "
        "TPU has started, or those of the variables JAX_….",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
