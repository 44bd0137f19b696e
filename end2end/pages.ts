// Every page that there is to look at.

import type { Page } from "@playwright/test";

import { longName, olderName } from "./furnish";

/** A page with a short name for files and messages. */
export interface Place {
  name: string;
  address: string;
  /** The status that it is answered with, where it is not 200. */
  status?: number;
}

/** Pages that every installation has. */
export const places: Place[] = [
  { name: "overview", address: "/" },
  { name: "imports", address: "/imports" },
  { name: "tables", address: "/tables" },
  { name: "table", address: "/tables/us_zips" },
  { name: "transformations", address: "/transformations" },
  { name: "zone-days", address: "/transformations/zone-days" },
  { name: "exports", address: "/exports" },
  { name: "transit", address: "/transit" },
  { name: "databases", address: "/databases" },
  { name: "unknown-address", address: "/nowhere", status: 404 },
  { name: "unknown-table", address: "/tables/none", status: 404 },
  { name: "unknown-run", address: "/imports/runs/none", status: 404 },
];

/** Pages of somebody who is not signed in. */
export const outside: Place[] = [{ name: "sign-in", address: "/sign-in" }];

/** Pages of an installation that has runs. */
export async function placesOfRuns(page: Page): Promise<Place[]> {
  const linked = async (name: string, list: string, link: string): Promise<Place> => {
    await page.goto(list);
    const address = await page.getByRole("main").getByRole("link", { name: link }).first().getAttribute("href");
    return { name, address: address! };
  };
  return [
    { name: "imports-filtered", address: "/imports?kind=us-zips&state=failed&sort=-rows&page=21" },
    { name: "imports-none-fits", address: "/imports?page=999" },
    { name: "imports-refused", address: "/imports?error=Choose+at+least+one+file.&page=999" },
    { name: "table-filtered", address: `/tables/us_zips?search=San+S&filter.state_id=PR&sort=-population&page=3` },
    { name: "table-none-fits", address: "/tables/us_zips?search=nothing+begins+so&filter.county_name=none" },
    { name: "table-of-many-columns", address: "/tables/ups_zones" },
    await linked("import-run", "/imports?state=succeeded", longName),
    await linked("import-run-of-many-files", "/imports?state=succeeded", "005.xlsx and 11 more"),
    await linked("import-run-waiting-zeros", "/imports?state=waiting", "from a spreadsheet.csv"),
    await linked("import-run-waiting-older", "/imports?state=waiting", olderName),
    await linked("import-run-live", "/imports?state=succeeded", "ZIPs with long names.csv"),
    await linked("import-run-undone", "/imports?state=undone", "a mistake.csv"),
    await linked("import-run-cancelled", "/imports?state=cancelled", "dropped.txt"),
    await linked("undo-run", "/imports?state=succeeded", "Undo of us-zips"),
    await linked("import-run-with-rejects", "/imports?state=succeeded", "some rows are odd.csv"),
    await linked("import-run-failed", "/imports?state=failed", "uszips.csv"),
    { name: "zone-days-refused", address: "/transformations/zone-days?zone=UPS+GND+004&days=99&error=The+days+must+be+from+1+to+10." },
    { name: "zone-days-saved", address: "/transformations/zone-days?saved=UPS+GND+004" },
    ...(await runsOfTransformations(page)),
  ];
}

/** The page of the latest run of each transformation. */
async function runsOfTransformations(page: Page): Promise<Place[]> {
  await page.goto("/transformations");
  const found: Place[] = [];
  for (const name of ["zip3", "delivery-matrix"]) {
    const section = page.getByRole("region", { name, exact: true });
    const address = await section.getByRole("link", { name: "The whole run" }).getAttribute("href");
    found.push({ name: `transformation-run-${name}`, address: address! });
  }
  return found;
}
