"""Fills buckets of a moto server, and compares scans of them with scans of the same tree on disk.

    python tests/moto/compare.py KEYSIFT URL
"""

import io
import json
import os
import pathlib
import random
import string
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

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
# Keys that no file system takes, and the files that stand for them on disk.
ODD = {
    "/leading/job.properties": "odd/leading.properties",
    "double//slash/job.properties": "odd/double.properties",
    "tab\there/job.properties": "odd/tab.properties",
    "dots/../job.properties": "odd/dots.properties",
    "trailing/job.properties/": "odd/trailing.properties",
}
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


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


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
            case 5:
                name, data = f"{index}.zip", zipped("conf/job.properties", f"aws.secretKey={secret()}\n")
            case 6:
                name, data = f"{index}.sql", f"CREATE TABLE t WITH ('password' = '{secret()}');\n".encode()
            case _:
                name, data = f"{index}.txt", b"nothing to see\n"
        path = f"{folders[index // 30 % 5]}/{name}"
        both(path, path, data)
    for key, path in ODD.items():
        both(path, key, f"aws.secretKey={secret()}\n".encode())
    for folder in ("jobs/", "jobs/orders/", "empty/"):
        s3.put_object(Bucket="code", Key=folder, Body=b"")


def buckets(s3):
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

    text = f"{'plain text ' * 9}\n" * 350_000 + f"s3.secret-key: {secret()}\n"
    s3.put_object(Bucket="code", Key="large/job.yaml", Body=text)
    report = remote("s3://code/large/")
    same("bytes of a large object", report["summary"]["bytes"], len(text))
    same("findings in a large object", len(report["findings"]), 1)

    report = remote("s3://nowhere", code=2)
    same("a bucket that is not there", report["trouble"][0]["detail"], "no such bucket")


def versions(s3):
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="versions", Key="a.yaml", Body=f"s3.secret-key: {secret()}\n")["VersionId"]
    s3.put_object(Bucket="versions", Key="a.yaml", Body="nothing: here\n")
    gone = s3.put_object(Bucket="versions", Key="b.yaml", Body=f"s3.secret-key: {secret()}\n")["VersionId"]
    s3.delete_object(Bucket="versions", Key="b.yaml")
    remote("s3://versions", code=0)
    report = remote("s3://versions", "--all-versions")
    found = {
        (place["version_id"], place["version_status"]) for one in report["findings"] for place in one["locations"]
    }
    same("versions", found, {(old, "noncurrent"), (gone, "deleted")})


def roles():
    """Two targets of one run, each under a role of its own."""
    role = "arn:aws:iam::{}:role/scanner"
    report = remote("s3://versions", "--all-versions", "--role-arn", role.format(3 * "1234"), AWS_ENDPOINT_URL_STS=URL)
    same("findings by an assumed role", len(report["findings"]), 2)
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "keysift.toml"
        config.write_text(
            f"""
            [[target]]
            uri = "s3://code/jobs/orders/"
            endpoint-url = "{URL}"
            role-arn = "{role.format(3 * "1111")}"
            external-id = "orders-7"
            include = ["*.yaml"]

            [[target]]
            uri = "s3://code/jobs/a b/"
            endpoint-url = "{URL}"
            role-arn = "{role.format(3 * "2222")}"
            external-id = "payments-9"
            include = ["*.properties"]
            """
        )
        report = scan("--config", str(config), AWS_ENDPOINT_URL_STS=URL)
    found = {path for _, _, path, _, _ in places(report, "s3://code/jobs/")}
    kinds = {(path.split("/")[0], path.rsplit(".")[-1]) for path in found}
    same("a filter for each target", kinds, {("orders", "yaml"), ("a b", "properties")})
    with urllib.request.urlopen(f"{URL}/moto-api/data.json") as answer:
        assumed = json.load(answer)["sts"]["AssumedRole"]
    wanted = {(role.format(3 * "1111"), "orders-7"), (role.format(3 * "2222"), "payments-9")}
    same("roles with external ids", {(one["role_arn"], one["external_id"]) for one in assumed} & wanted, wanted)


def applications(s3):
    """What moto has of Managed Service for Apache Flink: not the operations on versions."""
    flink = boto3.client("kinesisanalyticsv2", **CLIENT)
    code = {"S3ContentLocation": {"BucketARN": "arn:aws:s3:::code", "FileKey": "jobs/orders/0.jar"}}
    for name in ("orders", "payments"):
        flink.create_application(
            ApplicationName=name,
            RuntimeEnvironment="FLINK-1_20",
            ServiceExecutionRole="arn:aws:iam::123456789012:role/flink",
            ApplicationConfiguration={
                "ApplicationCodeConfiguration": {"CodeContentType": "ZIPFILE", "CodeContent": code},
                "EnvironmentProperties": {
                    "PropertyGroups": [{"PropertyGroupId": "jdbc", "PropertyMap": {"db.password": secret()}}]
                },
            },
        )
    report = remote("msf://us-east-1")
    found = {place["uri"] for one in report["findings"] for place in one["locations"]}
    groups = [f"msf://us-east-1/{name}!/EnvironmentProperties/jdbc.json" for name in ("orders", "payments")]
    same("property groups of all applications", found, set(groups))
    told = {(one["uri"], one["detail"].split(":")[0]) for one in report["trouble"]}
    # moto makes up the size of the code.
    code = ("s3://code/jobs/orders/0.jar", "code of msf")
    old = {(f"msf://us-east-1/{name}", "its old versions") for name in ("orders", "payments")}
    same("what moto cannot tell is trouble", told, old | {code})
    report = remote("msf://us-east-1/orders")
    same("one application", len(report["findings"]), 1)


def main():
    s3 = boto3.client("s3", **CLIENT)
    buckets(s3)
    versions(s3)
    roles()
    applications(s3)


main()
