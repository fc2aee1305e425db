#!/usr/bin/env python3
"""Verifies a Compliance Grid audit log from files alone. Written from docs/ledger.md; Python 3 and its standard library, nothing else.

  verify.py export      FILE                --key VKEYS [--checkpoint NOTE]
  verify.py checkpoint  NOTE                --key VKEYS
  verify.py inclusion   PROOF RECORD        --key VKEYS
  verify.py consistency PROOF OLD NEW       --key VKEYS

Exit code 0: it holds; 1: it does not, and the last line says why; 2: not understood.
"""
import argparse, base64, hashlib, json, re, sys


class Misfit(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Misfit(what)


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Misfit("no base64") from None
    need(base64.b64encode(data).decode() == text, "no canonical base64")
    return data


# ECDSA on P-256 with SHA-256 (FIPS 186-5): verification needs no secret, so plain integers will do.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" "04")


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point):
    total = None
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def der_integers(signature):
    """SEQUENCE of two INTEGERs, each shorter than 128 bytes."""
    need(len(signature) > 2 and signature[0] == 0x30 and signature[1] == len(signature) - 2, "no DER signature")
    at, numbers = 2, []
    for _ in range(2):
        need(at + 2 <= len(signature) and signature[at] == 0x02, "no DER signature")
        end = at + 2 + signature[at + 1]
        need(end <= len(signature), "no DER signature")
        numbers.append(int.from_bytes(signature[at + 2:end], "big", signed=True))
        at = end
    need(at == len(signature), "no DER signature")
    return numbers


def is_signed(point, text, signature):
    r, s = der_integers(signature)
    if not (0 < r < N and 0 < s < N):
        return False
    e, w = int.from_bytes(sha256(text), "big"), pow(s, -1, N)
    sum_ = add(times(e * w % N, G), times(r * w % N, point))
    return sum_ is not None and sum_[0] % N == r


# Keys, signed notes, checkpoints
def read_keys(path):
    keys = {}
    for line in open(path, encoding="utf-8").read().split():
        name, key_id, key = line.split("+", 2)
        key = unbase64(key)
        need(key[0] == 0x02 and key[1:].startswith(SPKI) and len(key) == 92, "the key is no ECDSA key on P-256")
        need(sha256(key[1:])[:4].hex() == key_id, "the key id is not that of the key")
        x, y = int.from_bytes(key[28:60], "big"), int.from_bytes(key[60:], "big")
        need((y * y - (x * x * x - 3 * x + B)) % P == 0, "the key is no point of the curve")
        keys[name, key_id] = x, y
    return keys


def read_checkpoint(note, keys):
    """Origin, size and root of a note, when a known key signed it and no known key's signature is wrong."""
    text, separator, signatures = note.rpartition("\n\n")
    need(separator and signatures.endswith("\n"), "no signed note")
    text, good = text + "\n", False
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        need(match, "no signature line")
        signature = unbase64(match[2])
        key = keys.get((match[1], signature[:4].hex()))
        if key:
            need(is_signed(key, text.encode(), signature[4:]), "the signature does not fit the text")
            good = True
    need(good, "signed by no key that is known")
    lines = text.split("\n")
    need(len(lines) == 4 and lines[0] and re.fullmatch("0|[1-9][0-9]*", lines[1]), "no checkpoint")
    root = unbase64(lines[2])
    need(len(root) == 32, "no checkpoint")
    return lines[0], int(lines[1]), root


# The tree
def leaf(record):
    return sha256(b"\0" + record)


def node(left, right):
    return sha256(b"\1" + left + right)


class Tree:
    def __init__(self):
        self.size, self.roots = 0, []  # of the full subtrees, the largest first

    def append(self, hash_):
        size = self.size
        while size & 1:
            hash_, size = node(self.roots.pop(), hash_), size >> 1
        self.roots.append(hash_)
        self.size += 1

    def root(self):
        if not self.roots:
            return sha256(b"")
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node(left, root)
        return root


def inclusion_root(hash_, index, size, proof):
    need(0 <= index < size, "no such entry")
    last = size - 1
    for sibling in proof:
        need(last, "the proof is too long")
        if index & 1 or index == last:
            hash_ = node(sibling, hash_)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hash_ = node(hash_, sibling)
        index, last = index >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return hash_


def check_consistency(old, old_root, new, new_root, proof):
    need(old <= new, "the older log is the longer one")
    if old in (0, new):
        need(not proof and (old_root == new_root if old else old_root == sha256(b"")), "the roots differ")
        return
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    proof = list(proof)
    first = second = old_root if not index else proof.pop(0)
    for sibling in proof:
        need(last, "the proof is too long")
        if index & 1 or index == last:
            first, second = node(sibling, first), node(sibling, second)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            second = node(second, sibling)
        index, last = index >> 1, last >> 1
    need(last == 0 and first == old_root and second == new_root, "the newer log does not only append to the older one")


# Records
MEMBERS = {"action": str, "created_at": str, "details": dict, "duration_ms": int, "epoch": int, "error_code": str, "id": str, "ip_address": str,
           "person": str, "request_id": str, "resource": str, "resource_id": str, "result": str, "sealed": str, "tenant_id": str, "timestamp": str,
           "user_agent": str, "user_id": str, "user_role": str, "v": int}
REQUIRED = set(MEMBERS) - {"details", "error_code", "ip_address", "person", "request_id", "resource_id", "sealed", "user_agent"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def canonical(value):
    """RFC 8785, integers only."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(name) + ":" + canonical(item) for name, item in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    need(not isinstance(value, float) and not (isinstance(value, int) and abs(value) > 2 ** 53 - 1), "a number is no exact integer")
    return json.dumps(value, ensure_ascii=False)


def read_record(raw):
    try:
        record = json.loads(raw.decode("utf-8"))
        need(isinstance(record, dict) and canonical(record).encode() == raw, "the record is not canonical")
    except ValueError:
        raise Misfit("the record is no JSON") from None
    need(REQUIRED <= set(record) <= set(MEMBERS), "the record has not the members of one")
    need(all(type(value) is MEMBERS[name] for name, value in record.items()) and record["v"] == 1, "a member is of another type")
    need(INSTANT.fullmatch(record["created_at"]) and INSTANT.fullmatch(record["timestamp"]), "a time is written otherwise")
    return record


# The verbs
def export(path, keys, shown):
    tree, ids, created_at, head, covered = Tree(), set(), "", 0, None
    with open(path, "rb") as lines:
        header = json.loads(next(lines))["export"]
        need(header["version"] == 1, "another version of the format")
        origin, epoch = header["origin"], header["epoch"]
        ledger = origin.removesuffix(f"/{epoch}" if epoch else "").removesuffix("/" + header["tenant"])
        need(any(name == ledger for name, _ in keys) and origin == f"{ledger}/{header['tenant']}" + (f"/{epoch}" if epoch else ""), "the key is of another ledger")
        if epoch:
            before = read_checkpoint(header["bound_checkpoint"], keys)[0]
            need(before.startswith(f"{ledger}/{header['tenant']}") and before != origin, "bound to a log of another tenant")
        for line in lines:
            where = f"row {tree.size}"
            need(line.endswith(b"\n"), where + ": the file was cut")
            if line.startswith(b'{"record":'):
                raw = line[len(b'{"record":'):-2]
                record = read_record(raw)
                need((record["tenant_id"], record["epoch"]) == (header["tenant"], epoch), where + ": another log's record")
                need(record["id"] not in ids, where + ": an earlier row has the same id")
                need(record["created_at"] >= created_at, where + ": created_at falls")
                if epoch and not tree.size:
                    need(record["action"] == "LEDGER_EPOCH_OPENED" and record["details"]["bound"]["note"] == header["bound_checkpoint"], where + ": not bound")
                ids.add(record["id"])
                created_at = record["created_at"]
                tree.append(leaf(raw))
            else:
                part = json.loads(line)
                if "head" in part:
                    part = part["head"]
                    need((part["prev_size"], part["size"], part["created_at"]) == (head, tree.size, created_at), where + ": a head does not follow")
                    need(unbase64(part["root"]) == tree.root(), f"rows {head} to {tree.size - 1}: not what was appended")
                    head = tree.size
                else:
                    name, size, root = read_checkpoint(part["checkpoint"], keys)
                    need((name, size) == (origin, tree.size), where + ": a checkpoint of another log or size")
                    need(root == tree.root(), f"rows {covered or 0} to {size - 1}: not what was signed")
                    covered = size
            if shown and shown[1] == tree.size:
                need(shown[0] == origin and shown[2] == tree.root(), f"rows 0 to {tree.size - 1}: not what the checkpoint that was kept says")
    need((tree.size, tree.root()) == (header["size"], unbase64(header["root"])) and head == tree.size, f"row {tree.size}: the log ends otherwise than its first line says")
    need(not shown or shown[1] <= tree.size, f"row {tree.size}: the checkpoint that was kept has more entries")
    return origin, tree.size, tree.root()


def inclusion(path, record, keys):
    proof, _, note = open(path, encoding="utf-8").read().partition("\n\n")
    first, *extra, index = [line for line in proof.split("\n") if not re.fullmatch("[A-Za-z0-9+/]{43}=", line)]
    need(first == "c2sp.org/tlog-proof@v1" and len(extra) <= 1 and re.fullmatch("index (0|[1-9][0-9]*)", index), "no proof of inclusion")
    hashes = [unbase64(line) for line in proof.split("\n")[len(extra) + 2:]]
    origin, size, root = read_checkpoint(note, keys)
    need(inclusion_root(leaf(open(record, "rb").read()), int(index[6:]), size, hashes) == root, "the record is not in that log at that place")
    return origin, size, root


def consistency(path, old, new, keys):
    proof = json.load(open(path, encoding="utf-8"))
    (old_origin, old_size, old_root), (origin, size, root) = (read_checkpoint(open(note, encoding="utf-8").read(), keys) for note in (old, new))
    need(old_origin == origin == proof["origin"] and (proof["from"], proof["to"]) == (old_size, size), "the proof is of other checkpoints")
    check_consistency(old_size, old_root, size, root, [unbase64(hash_) for hash_ in proof["hashes"]])
    return origin, size, root


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["export", "checkpoint", "inclusion", "consistency"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--key", required=True)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()
    try:
        keys = read_keys(arguments.key)
        shown = read_checkpoint(open(arguments.checkpoint, encoding="utf-8").read(), keys) if arguments.checkpoint else None
        if arguments.verb == "export":
            origin, size, root = export(*arguments.files, keys, shown)
        elif arguments.verb == "checkpoint":
            origin, size, root = read_checkpoint(open(*arguments.files, encoding="utf-8").read(), keys)
        else:
            origin, size, root = {"inclusion": inclusion, "consistency": consistency}[arguments.verb](*arguments.files, keys)
    except Misfit as misfit:
        print(misfit)
        return 1
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        print(f"not as docs/ledger.md has it: {error!r}")
        return 1
    print(f"{origin}\n{size}\n{base64.b64encode(root).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
