"""Fills buckets of a moto server, and compares scans of them with scans of the same tree on disk.

    python tests/moto.py KEYSIFT URL
"""

import json
import os
import pathlib
import random
import string
import subprocess
import sys
import tempfile

import boto3

KEYSIFT, URL = sys.argv[1:]
OBJECTS = 3000
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
CLIENT = {
    "endpoint_url": URL,
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
# Keys that no file system takes, and the files that stand for them on disk. Those with empty folders
# or line breaks in them are left to the server in the tests' own process: moto's router does not take them.
ODD = {"tab\tstop.properties": "odd/tab.properties"}
rng = random.Random(20261125)


def secret():
    return "".join(rng.choices(string.ascii_letters + string.digits, k=40))


def scan(*arguments, code=1, **environment):
    command = [KEYSIFT, "scan", "--format", "json", *arguments]
    ended = subprocess.run(command, env=ENVIRONMENT | environment, capture_output=True, text=True, timeout=600)
    if ended.returncode != code:
        sys.exit(f"{command}: exit code {ended.returncode}, expected {code}\n{ended.stderr}{ended.stdout[:2000]}")
    return json.loads(ended.stdout)


def remote(*arguments, **rest):
    return scan("--endpoint-url", URL, *arguments, **rest)


def places(report, target):
    found = set()
    for finding in report["findings"]:
        for location in finding["locations"]:
            path = location["uri"].removeprefix(target)
            path = ODD.get(path.replace("%09", "\t"), path)
            found.add((finding["fingerprint"], finding["rule_id"], path, location["line"], location["class"]))
    return found


def same(name, one, other):
    if one != other:
        difference = sorted(map(str, set(one) ^ set(other)))[:10] if isinstance(one, set) else (one, other)
        sys.exit(f"{name}: {difference}")
    print(f"ok: {name}: {len(one) if isinstance(one, set) else one}")


def tree(root, s3):
    jar = pathlib.Path("testdata/orders.jar").read_bytes()
    folders = ["jobs/orders", "jobs/a b", "jobs/größe/ключ", "jobs/x%2Fy", "jobs/deep/er/and/er"]

    def both(path, key, data):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        s3.put_object(Bucket="code", Key=key, Body=data)

    for index in range(OBJECTS - len(ODD)):
        match index % 30:
            case 0 if index < 300:
                name, data = f"{index}.jar", jar
            case 1 | 2:
                name, data = f"{index} +&=?.yaml", f"s3.secret-key: {secret()}\n".encode()
            case 3:
                name, data = f"{index}.properties", f"aws.secretKey={secret()}\n".encode()
            case 4:
                name, data = f"empty-{index}", b""
            case _:
                name, data = f"{index}.txt", b"nothing to see\n"
        both(f"{folders[index % 5]}/{name}", f"{folders[index % 5]}/{name}", data)
    for key, path in ODD.items():
        both(path, key, f"aws.secretKey={secret()}\n".encode())
    s3.put_object(Bucket="code", Key="jobs/", Body=b"")


def main():
    s3 = boto3.client("s3", **CLIENT)
    s3.create_bucket(Bucket="code")
    with tempfile.TemporaryDirectory() as folder:
        tree(pathlib.Path(folder), s3)
        disk = scan(f"{folder}/")
        bucket = remote("s3://code")
        same("findings of the bucket", places(bucket, "s3://code/"), places(disk, f"{folder}/"))
        same("trouble", len(bucket["trouble"]), 0)
        for total in ("artifacts", "entries", "bytes"):
            same(total, bucket["summary"][total], disk["summary"][total])
        shards = [remote("s3://code", "--shard", f"{index}/3") for index in range(3)]
        same("shards", set().union(*(places(shard, "s3://code/") for shard in shards)), places(bucket, "s3://code/"))

    versions = boto3.client("s3", **CLIENT)
    versions.create_bucket(Bucket="versions")
    versions.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    old = versions.put_object(Bucket="versions", Key="a.yaml", Body=f"s3.secret-key: {secret()}\n")["VersionId"]
    versions.put_object(Bucket="versions", Key="a.yaml", Body="nothing: here\n")
    gone = versions.put_object(Bucket="versions", Key="b.yaml", Body=f"s3.secret-key: {secret()}\n")["VersionId"]
    versions.delete_object(Bucket="versions", Key="b.yaml")
    remote("s3://versions", code=0)
    report = remote("s3://versions", "--all-versions")
    found = {
        (place["version_id"], place["version_status"]) for one in report["findings"] for place in one["locations"]
    }
    same("versions", found, {(old, "noncurrent"), (gone, "deleted")})

    text = f"{'plain text ' * 9}\n" * 350_000 + f"s3.secret-key: {secret()}\n"
    s3.put_object(Bucket="code", Key="large/job.yaml", Body=text)
    report = remote("s3://code/large/")
    same("bytes of a large object", report["summary"]["bytes"], len(text))
    same("findings in a large object", len(report["findings"]), 1)

    role = "arn:aws:iam::123456789012:role/scanner"
    report = remote("s3://versions", "--all-versions", "--role-arn", role, AWS_ENDPOINT_URL_STS=URL)
    same("findings by an assumed role", len(report["findings"]), 2)
    report = remote("s3://nowhere", code=2)
    same("a bucket that is not there", report["trouble"][0]["detail"], "no such bucket")


main()
