// Files to import, made in their publishers' layouts and small enough to check by hand; and the real ones, where they are.

import fs from "node:fs";
import path from "node:path";

import { protectedWorkbook } from "./containers";

/** A file as a browser sends it. */
export interface Sample {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

function sample(name: string, content: string | Buffer, mimeType = "text/csv"): Sample {
  return { name, mimeType, buffer: Buffer.isBuffer(content) ? content : Buffer.from(content, "utf8") };
}

const zipHeader = [
  ...["zip", "lat", "lng", "city", "state_id", "state_name", "zcta", "parent_zcta", "population", "density"],
  ...["county_fips", "county_name", "county_weights", "timezone"],
];

type Zip = [zip: string, lat: string, lng: string, city: string, state: string, population: string];

/** SimpleMaps: UTF-8, CRLF, every field quoted, JSON with doubled quotes and commas. */
function simpleMaps(zips: Zip[]): string {
  const rows = zips.map(([zip, lat, lng, city, state, population]) => [
    ...[zip, lat, lng, city, state, "", "TRUE", "", population, "1.5", "72001", "Añasco"],
    ...['{"72001": 98.74, "72141": 1.26}', "America/Puerto_Rico"],
  ]);
  const line = (fields: string[]) => `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\r\n`;
  return [zipHeader, ...rows].map(line).join("");
}

const fewZips = simpleMaps([
  ["00601", "18.18", "-66.75", "Adjuntas", "PR", "100"],
  ["00602", "18.36", "-67.175", "Añasco", "PR", "300"],
  ["00603", "18.45", "-67.12", "Aguadilla", "PR", ""],
  ["01001", "42.0625", "-72.625", "Agawam", "MA", "16088"],
]);

/** Four ZIPs of two areas, one with an accent and one without population. */
export function usZips(name = "uszips.csv"): Sample {
  return sample(name, fewZips);
}

/** So many ZIPs in the plain layout that a spreadsheet writes. */
export function manyZips(count: number, name = "uszips.csv"): Sample {
  const rows = Array.from({ length: count }, (_, zip) => `${String(zip).padStart(5, "0")},40.5,-90.25,City ${zip},IL,${zip % 1000}\n`);
  return sample(name, `zip,lat,lng,city,state_id,population\n${rows.join("")}`);
}

/** So many ZIPs with cities of 60 letters, many of them with accents, beginning with ZIP 01000. */
export function zipsWithLongNames(count: number): Sample {
  const city = "San Sebastián de las Vegas del Pepino y Añasco Abajo, sección";
  const rows = Array.from({ length: count }, (_, at) => {
    const [zip, state] = [String(1_000 + at).padStart(5, "0"), at % 3 === 0 ? "PR" : "MA"];
    return `${zip},${(18 + (at % 900) / 100).toFixed(2)},-${(66 + (at % 700) / 100).toFixed(3)},"${city} ${at}",${state},${(at * 7_919) % 120_000}\n`;
  });
  return sample("ZIPs with long names.csv", `zip,lat,lng,city,state_id,population\n${rows.join("")}`);
}

/** ZIPs that a spreadsheet has turned into numbers: 600 for 00600. */
export function zipsWithoutZeros(count: number, name = "from a spreadsheet.csv"): Sample {
  const rows = Array.from({ length: count }, (_, at) => `${600 + at},18.25,-66.5,City ${at},PR,${at * 10}\n`);
  return sample(name, `zip,lat,lng,city,state_id,population\n${rows.join("")}`);
}

/** 300 rows that are right and three, on lines 302 to 304, that each break another rule. */
export function zipsWithRejects(): Sample {
  const { name, buffer } = manyZips(300, "some rows are odd.csv");
  return sample(name, `${buffer.toString()}90001,91.5,-66.7,Up,CA,5\n90002,42,-72,Down,CA\n90003,42,-72,Left,CA,many\n`);
}

/** A gazetteer before 2025: tabs, blanks at the ends of rows, a number that ends in a bare point, a last line of tabs. */
export function gazetteer(name = "2024_Gaz_zcta_national.txt"): Sample {
  const rows = [
    "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG                 ",
    "00601\t166659745\t799293.\t64.348\t0.309\t18.180555\t-66.749961          ",
    "00602\t79307535\t4428428\t30.621\t1.71\t18.361945\t-67.175597          ",
    "01001\t29612315\t2076500\t11.433\t0.802\t42.0\t0.          ",
    "\t\t\t\t\t\t",
  ];
  return sample(name, `${rows.join("\n")}\n`, "text/plain");
}

/** Another edition, with other bytes. */
export function olderGazetteer(name = "2017_Gaz_zcta_national.txt"): Sample {
  const { buffer, mimeType } = gazetteer();
  return sample(name, buffer.toString().replace("166659745", "166659749"), mimeType);
}

/** What `zip3-reference.json` holds, to the byte, after [`usZips`] and the transformation. */
export const expectedExport =
  '{"006":{"lat":18.315,"lng":-67.06875,"city":"Añasco","state":"PR","population":400},' +
  '"010":{"lat":42.0625,"lng":-72.625,"city":"Agawam","state":"MA","population":16088}}';

/** Files that are not what they should be, each with how the sentence that says so begins. `kind`: what it was taken for all the same. */
export const badFiles: { what: string; file: Sample; sentence: string; kind?: string }[] = [
  {
    what: "a file that is cut in the middle of a row",
    file: sample("uszips.csv", Buffer.from(fewZips, "utf8").subarray(0, -30)),
    sentence:
      "uszips.csv ends in the middle of a row: the row at line 5 has 13 of 14 fields and the quote of its last field is never closed.",
    kind: "US ZIPs",
  },
  {
    what: "a picture whose name ends in .csv",
    file: sample("map.csv", Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")),
    sentence: "map.csv is a picture (GIF), not a table. Choose the file that holds the rows.",
  },
  {
    what: "a web page named uszips.csv",
    file: sample("uszips.csv", "<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n"),
    sentence:
      "uszips.csv is an HTML page, not a table: the download answered with a web page. Open it in a browser to see what it says, and download the file again.",
  },
  {
    what: "a pointer of Git LFS",
    file: sample("2017_Gaz_zcta_national.txt", `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 1833140\n`, "text/plain"),
    sentence: "2017_Gaz_zcta_national.txt is a Git LFS pointer, not the file itself.",
  },
  {
    what: "a workbook that a password protects",
    file: sample("010.xlsx", protectedWorkbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    sentence:
      "010.xlsx is a workbook that only a password opens. Open it in a spreadsheet program, save it without the password and choose it again.",
  },
  {
    what: "an empty file",
    file: sample("uszips.csv", ""),
    sentence: "uszips.csv is empty: it has 0 bytes. Download it again.",
  },
  {
    what: "a file without a required column",
    file: sample("uszips.csv", "zip,lat,lng,city,state_id\n00601,18.1,-66.7,Adjuntas,PR\n"),
    sentence:
      "uszips.csv looks like a us-zips file, but line 1 has no column population. It has: zip, lat, lng, city, state_id. Get the file with these columns, or name them so.",
    kind: "US ZIPs",
  },
];

/** The bad file that is this. */
export function badFile(what: string): (typeof badFiles)[number] {
  return badFiles.find((bad) => bad.what === what)!;
}

/** Every file of a folder. */
export function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).sort().map((name) => path.join(folder, name));
}

/** A file of this computer as a sample, to be dropped. */
export function sampleOf(file: string): Sample {
  return sample(path.basename(file), fs.readFileSync(file), "application/octet-stream");
}

const realFolder = path.resolve(__dirname, "..", "..", "shared", "data");

/** The publishers' own files, which may not be committed; nothing where they are not beside the clone. */
export function realFiles(): { usZips: string; gazetteer: string } | undefined {
  const files = { usZips: path.join(realFolder, "uszips.csv"), gazetteer: path.join(realFolder, "2017_Gaz_zcta_national.txt") };
  return Object.values(files).every((file) => fs.existsSync(file)) ? files : undefined;
}
