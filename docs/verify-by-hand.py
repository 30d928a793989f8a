"""Checks the seal of a recording with nothing of GoldenHour: Python 3.9 or newer, and OpenSSL for the signature.

    python3 verify-by-hand.py FOLDER

It reads the package, checks every stored byte, the tree and the chain, and writes what the signature and the time stamp
cover into the current folder. docs/recording.md says what each step is, and which lines of OpenSSL follow.
"""
import base64
import hashlib
import json
import sys


def sha(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    """RFC 8785, for the values that leaves and seals hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def without_seal(text):
    """A sealed manifest is canonical, so its seal can be cut out of the text; numbers stay as they are written."""
    start = text.index(f'"roomId":{json.dumps(json.loads(text)["roomId"])},"seal":')
    start = text.index('"seal":', start)
    end = json.JSONDecoder().raw_decode(text, start + len('"seal":'))[1]
    return text[:start] + text[end + 1 :]


def leaf(kind, item, *names, **more):
    return {"kind": kind, **more, **{name: item[name] for name in (*names, "file", "bytes", "hash")}}


def leaves_of(manifest, text):
    names = ["roomId", "incidentId", "drill", "createdUtc", "anchorUtc", "from", "to"]
    first = {name: manifest[name] for name in names}
    leaves = [{"kind": "manifest", **first, "manifest": sha(without_seal(text).encode()).hex()}]
    leaves.append(leaf("log", manifest["log"], "entries", "head"))
    leaves += [leaf("blob", each, "sha256") for each in manifest["blobs"]]
    for track in manifest["tracks"]:
        of = {"trackId": track["trackId"]}
        leaves += [leaf("journal", each, **of) for each in track["journal"]]
        leaves += [leaf("init", each, "initId", "mimeType", "plain", **of) for each in track["inits"]]
        leaves += [leaf("segment", each, "n", "initId", "from", "to", "plain", **of) for each in track["segments"]]
        leaves += [leaf("thumbnail", each, "at", **of) for each in track["thumbnails"]]
        leaves += [leaf("fill", each, "fillId", "mimeType", "from", "to", "plain", **of) for each in track["fills"]]
    return leaves + [leaf("other", each) for each in manifest["seal"]["files"]]


def der_integer(digits):
    body = digits.lstrip(b"\0")
    body = b"\0" + body if body[0] & 0x80 else body
    return bytes([2, len(body)]) + body


def unpad(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def main(folder):
    with open(f"{folder}/manifest.json", encoding="utf-8", newline="") as file:
        text = file.read()
    manifest = json.loads(text)
    seal = manifest["seal"]
    leaves = leaves_of(manifest, text)
    for each in leaves[1:]:
        with open(f"{folder}/{each['file']}", "rb") as file:
            stored = file.read()
        if len(stored) != each["bytes"] or sha(stored).hex() != each["hash"]:
            sys.exit(f"{each['file']} is not as it was sealed")

    level = [sha(b"\0" + canonical(each)) for each in leaves]
    chain = bytes(32)
    for each in level:
        chain = sha(chain + each)
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [sha(b"\1" + pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    if (len(leaves), level[0].hex(), chain.hex()) != (seal["leaves"], seal["root"], seal["chain"]):
        sys.exit("number of leaves, root or chain are not those of the seal")
    key_id = base64.urlsafe_b64encode(sha(canonical(seal["key"]))).decode().rstrip("=")
    if key_id != seal["keyId"]:
        sys.exit("the key is not the one that the seal names")

    covered = {name: seal[name] for name in ["chain", "keyId", "leaves", "root", "sealedUtc"]}
    covered["roomId"] = manifest["roomId"]
    signature = unpad(seal["signature"])
    numbers = der_integer(signature[:32]) + der_integer(signature[32:])
    # SubjectPublicKeyInfo of an uncompressed point on P-256 (RFC 5480).
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04")
    written = {
        "signed.json": canonical({**covered, "type": "goldenhour-seal"}),
        "signature.der": bytes([0x30, len(numbers)]) + numbers,
        "key.der": head + unpad(seal["key"]["x"]) + unpad(seal["key"]["y"]),
        "stamped.json": canonical({**covered, "signature": seal["signature"]}),
    }
    for name, content in written.items():
        with open(name, "wb") as file:
            file.write(content)
    print(f"{len(leaves)} leaves are as they were sealed; root {seal['root']}; key {key_id}")


main(sys.argv[1])
