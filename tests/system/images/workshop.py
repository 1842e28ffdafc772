"""Where the images are built: a store of its own, a base made by mmdebstrap, no daemon."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
IMAGES = ("catalogue", "ambassador", "booking", "notification", "gateway", "migrations", "cli",
          "door")
SERVICES = IMAGES[:5]
USER = 10001
VERSION, REVISION = "0.0.0-test", "0123456789abcdef0123456789abcdef01234567"

# As debian:bookworm-slim is made: no documentation but licences, no translations.
BASE = ["mmdebstrap", "--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io",
        "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright", "bookworm"]
BASE_NAME = "docker.io/library/debian:bookworm-slim"
# A base is good for so long; after it, it may lack what Debian has mended.
BASE_LIFETIME = 24 * 3600


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} failed: {(done.stderr or done.stdout)[-3000:]}")
    return done.stdout


class Workshop:
    """Goes, with every image in it, when it is closed."""

    def __init__(self, build_folder):
        self.build_folder = build_folder
        # Not in /tmp, which may be a file system in memory.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dm-images-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.roots = {}
        storage = self.folder / "storage.conf"
        storage.write_text(f'[storage]\ndriver = "{self._driver()}"\n'
                           f'graphroot = "{self.folder}/store"\nrunroot = "{self.folder}/run"\n')
        kept = {name: os.environ[name] for name in os.environ
                if name in ("PATH", "HOME") or name.lower().endswith("_proxy")}
        self.environment = {**kept, "CONTAINERS_STORAGE_CONF": str(storage),
                            "BUILDAH_ISOLATION": "chroot", "TMPDIR": str(self.folder)}

    def _driver(self):
        """overlay where the kernel lets us, else the slow one that copies."""
        parts = [self.folder / name for name in ("lower", "upper", "work", "merged")]
        for part in parts:
            part.mkdir()
        layers = "lowerdir={},upperdir={},workdir={}".format(*parts[:3])
        mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, parts[3]],
                                 capture_output=True)
        if mounted.returncode != 0:
            return "vfs"
        subprocess.run(["umount", parts[3]], check=True)
        return "overlay"

    def buildah(self, *arguments):
        return run("buildah", *arguments, env=self.environment).strip()

    def make_base(self):
        """Under the name that the Dockerfile asks for."""
        archive = self.build_folder / "images" / "base.tar"
        if not archive.exists() or time.time() - archive.stat().st_mtime > BASE_LIFETIME:
            archive.parent.mkdir(exist_ok=True)
            fresh = archive.with_suffix(f".{os.getpid()}.tar")
            run(*BASE, fresh, env=self.environment)
            fresh.rename(archive)
        container = self.buildah("from", "scratch")
        run("tar", "xpf", archive, "-C", self.buildah("mount", container))
        self.buildah("commit", "--rm", container, BASE_NAME)

    def collect(self):
        """The programs that were built for the tests, as the build in the Dockerfile would."""
        folder = self.folder / "binaries"
        run(ROOT / "deploy" / "docker" / "collect", self.build_folder, folder)
        return folder

    def build(self, *images, binaries=None):
        given = ["--binaries", binaries] if binaries else []
        return run(ROOT / "deploy" / "docker" / "build", "--version", VERSION,
                   "--revision", REVISION, "--sboms", self.folder / "sboms", *given, *images,
                   env=self.environment)

    def name(self, image):
        return f"localhost/destinationmetier/{image}:{VERSION}"

    def config(self, image):
        """What an image says of itself: user, environment, labels and so on."""
        told = json.loads(self.buildah("inspect", "--type", "image", self.name(image)))
        return told["OCIv1"]["config"]

    def root(self, image):
        """The root file system of an image, mounted."""
        if image not in self.roots:
            container = self.buildah("from", "--pull-never", self.name(image))
            self.roots[image] = pathlib.Path(self.buildah("mount", container))
        return self.roots[image]

    def close(self):
        try:
            self.buildah("rm", "--all")
            self.buildah("rmi", "--all", "--force")
        finally:
            subprocess.run(["umount", self.folder / "store" / "overlay"], capture_output=True)
            shutil.rmtree(self.folder, ignore_errors=True)
