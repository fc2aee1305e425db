"""Makes common-passwords.txt.gz of the package's passwords.json: python3 make.py passwords.json"""
import gzip, json, os, sys

words = json.load(open(sys.argv[1], encoding="utf-8"))
lines = sorted({word.lower() for word in words if word.isprintable()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "common-passwords.txt.gz"), "wb") as file:
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:  # the same bytes each time
        packed.write(("\n".join(lines) + "\n").encode("utf-8"))
print(len(lines), "passwords")
