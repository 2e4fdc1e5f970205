"""A stand-in for the Hugging Face Hub, for tests: what `huggingface_hub` asks of it."""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import yaml


class HubServer:
    """Repositories in memory, each a list of commits, behind HTTP on this machine.

    Attributes:
        repos: Name to commits, the oldest first; a commit is a dictionary of files.
        tags: Name and tag to the number of a commit.
        private: The repositories that need the token.
        gated: The repositories whose files nobody gets.
        requests: What was asked for, as method and path.
    """

    token = "hf_test"

    def __init__(self):
        self.repos, self.tags, self.private, self.gated = {}, {}, set(), set()
        self.stored, self.requests = {}, []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                path = unquote(urlsplit(self.path).path)
                hub.requests.append((self.command, path))
                code, headers, content = hub.answer(
                    self.command, path, body, self.headers.get("Authorization")
                )
                if isinstance(content, dict | list):
                    content = json.dumps(content).encode()
                    headers = {"Content-Type": "application/json", **headers}
                self.send_response(code)
                headers.setdefault("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_HEAD = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def put(self, name, **files):
        """A new commit with further files, from name to bytes."""
        commits = self.repos.setdefault(name, [{}])
        commits.append(commits[-1] | files)

    def files(self, name):
        return self.repos[name][-1]

    def answer(self, method, path, body, given):
        words = path.strip("/").split("/")
        if words[:2] == ["api", "repos"]:
            return self.create(json.loads(body), given)
        if words == ["api", "validate-yaml"]:
            return self.validate(json.loads(body)["content"])
        if words[0] == "stored":
            self.stored[words[1]] = body
            return 200, {}, b""
        if words[:2] == ["api", "models"]:
            name, rest = "/".join(words[2:4]), words[4:]
        else:
            name, rest = "/".join(words[:2]).removesuffix(".git"), words[2:]
        allowed = given == f"Bearer {self.token}"
        if name not in self.repos or name in self.private and not allowed:
            return error(401, "RepoNotFound", "Repository not found")
        if rest[0:2] == ["info", "lfs"]:
            return self.large(json.loads(body), name)
        if rest and rest[0] == "preupload":
            return self.modes(json.loads(body))
        if rest and rest[0] == "commit":
            return self.commit(name, body) if allowed else error(403, "", "read only")
        if not rest:
            rest = ["revision", "main"]
        number = self.number(name, rest[1])
        if number is None:
            return error(404, "RevisionNotFound", "Revision not found")
        files = self.repos[name][number]
        if rest[0] == "revision":
            siblings = [{"rfilename": file} for file in files]
            return 200, {}, {"id": name, "sha": sha(name, number), "siblings": siblings}
        if rest[0] == "tree":
            tree = [
                {"type": "file", "path": f, "size": len(b), "oid": etag(b)}
                for f, b in files.items()
            ]
            return 200, {}, tree
        return self.resolve(name, number, "/".join(rest[2:]), files)

    def validate(self, card):
        """What the Hub requires of the head of a card."""
        data = yaml.safe_load(card.partition("---\n")[2].partition("\n---\n")[0])
        wrong = "license" in data and not re.fullmatch(r"[a-z0-9.-]+", data["license"])
        errors = [{"message": '"license" must be one of [mit, ...]'}] if wrong else []
        return 400 if wrong else 200, {}, {"errors": errors, "warnings": []}

    def create(self, asked, given):
        if given != f"Bearer {self.token}":
            return error(401, "", "Invalid username or password.")
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        if name in self.repos:
            answer = {"url": f"{self.url}/{name}", "error": "it exists"}
            return 409, {}, answer
        self.repos[name] = [{".gitattributes": b""}]
        if asked.get("visibility") == "private" or asked.get("private"):
            self.private.add(name)
        return 200, {}, {"url": f"{self.url}/{name}", "name": name, "id": name}

    def number(self, name, revision):
        numbers = range(len(self.repos[name]))
        if revision == "main":
            return numbers[-1]
        found = [n for n in numbers if sha(name, n) == revision]
        return found[0] if found else self.tags.get((name, revision))

    def resolve(self, name, number, file, files):
        if name in self.gated:
            return error(403, "GatedRepo", "Access to it is restricted")
        if file not in files:
            return error(404, "EntryNotFound", "Entry not found")
        content = files[file]
        headers = {"ETag": f'"{etag(content)}"', "X-Repo-Commit": sha(name, number)}
        return 200, headers, content

    def modes(self, asked):
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(".keras") else "regular",
                "shouldIgnore": False,
            }
            for file in asked["files"]
        ]
        return 200, {}, {"files": modes}

    def large(self, asked, name):
        objects = [
            {**one, "actions": {"upload": {"href": f"{self.url}/stored/{one['oid']}"}}}
            for one in asked["objects"]
        ]
        return 200, {}, {"transfer": "basic", "objects": objects}

    def commit(self, name, body):
        files = dict(self.files(name))
        for line in body.splitlines():
            one = json.loads(line)
            value = one["value"]
            if one["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif one["key"] == "lfsFile":
                files[value["path"]] = self.stored[value["oid"]]
            elif one["key"] == "deletedFile":
                del files[value["path"]]
        self.repos[name].append(files)
        new = sha(name, len(self.repos[name]) - 1)
        url = f"{self.url}/{name}/commit/{new}"
        return 200, {}, {"commitUrl": url, "commitOid": new, "hookOutput": ""}


def sha(name, number):
    return hashlib.sha1(f"{name}-{number}".encode()).hexdigest()


def etag(content):
    return hashlib.sha1(content).hexdigest()


def error(code, kind, message):
    headers = {"X-Error-Code": kind, "X-Error-Message": message}
    return code, headers, {"error": message}


def point_at(monkeypatch, url, cache):
    """Sends `huggingface_hub` to another address, with another cache."""
    from huggingface_hub import constants

    template = "/{repo_id}/resolve/{revision}/{filename}"
    for name, value in {
        "ENDPOINT": url,
        "HUGGINGFACE_CO_URL_TEMPLATE": url + template,
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_CACHE": str(cache),
    }.items():
        monkeypatch.setattr(constants, name, value)
