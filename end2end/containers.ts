// Files in containers: a workbook that a password protects, made; the workbooks that the server makes, read.

import zlib from "node:zlib";

/** The least of a compound file that says that a workbook in it is encrypted ([MS-CFB], [MS-OFFCRYPTO]). */
export function protectedWorkbook(): Buffer {
  const sector = 512;
  const [free, end, isTable, none] = [0xffffffff, 0xfffffffe, 0xfffffffd, 0xffffffff];
  const file = Buffer.alloc(3 * sector);
  const header = file.subarray(0, sector).fill(0xff, 76);
  header.write("d0cf11e0a1b11ae1", 0, "hex");
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  for (const [at, value] of [[44, 1], [48, 1], [56, 4096], [60, end], [68, end], [76, 0]] as const) {
    header.writeUInt32LE(value, at);
  }
  const table = file.subarray(sector, 2 * sector).fill(0xff);
  [isTable, end, free].forEach((value, at) => table.writeUInt32LE(value, 4 * at));
  const entry = (at: number, name: string, type: number, right: number, child: number) => {
    const bytes = file.subarray(2 * sector + 128 * at, 2 * sector + 128 * (at + 1));
    bytes.write(name, 0, "utf16le");
    bytes.writeUInt16LE(2 * (name.length + 1), 64);
    bytes.writeUInt8(type, 66);
    bytes.writeUInt8(1, 67);
    [none, right, child].forEach((value, link) => bytes.writeUInt32LE(value, 68 + 4 * link));
    bytes.writeUInt32LE(end, 116);
  };
  entry(0, "Root Entry", 5, none, 1);
  entry(1, "EncryptionInfo", 2, 2, none);
  entry(2, "EncryptedPackage", 2, none, none);
  entry(3, "", 0, none, none);
  return file;
}

/** The files of an archive by their names. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const last = archive.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = archive.readUInt32LE(last + 16);
  for (let left = archive.readUInt16LE(last + 10); left > 0; left -= 1) {
    const [method, size, name] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)];
    const local = archive.readUInt32LE(at + 42);
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(begin, begin + size);
    files.set(archive.toString("utf8", at + 46, at + 46 + name), method === 0 ? bytes : zlib.inflateRawSync(bytes));
    at += 46 + name + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const text = (xml: string) => xml.replace(/<[^>]*>/g, "").replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);

/** The rows of a workbook's first sheet, texts as they are and numbers as numbers. */
export function rowsOfWorkbook(workbook: Buffer): (string | number)[][] {
  const files = unzip(workbook);
  const xml = (name: string) => files.get(name)?.toString("utf8") ?? "";
  const shared = [...xml("xl/sharedStrings.xml").matchAll(/<si>(.*?)<\/si>/gs)].map(([, item]) => text(item!));
  return [...xml("xl/worksheets/sheet1.xml").matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map(([, row]) => {
    const cells: (string | number)[] = [];
    for (const [, attributes, content] of (row ?? "").matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const letters = /r="([A-Z]+)/.exec(attributes!)![1]!;
      const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const type = /t="(\w+)"/.exec(attributes!)?.[1];
      const value = text(content ?? "");
      cells[column] = type === "s" ? shared[Number(value)]! : type === "inlineStr" || type === "str" || value === "" ? value : Number(value);
    }
    return Array.from(cells, (value) => value ?? "");
  });
}
