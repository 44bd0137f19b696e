// Every page that there is to look at.

import type { Page } from "@playwright/test";

import { longName, longUser, olderName } from "./furnish";

/** A page with a short name for files and messages. */
export interface Place {
  name: string;
  address: string;
  /** The status that it is answered with, where it is not 200. */
  status?: number;
}

/** What the address says after a form for a new user was refused that was sent without scripts. */
const refusedUser = JSON.stringify({
  error: "invalid",
  fields: [
    { field: "email", message: "Enter an e-mail address such as name@example.com." },
    { field: "name", message: "Enter a name of 1 to 120 characters." },
  ],
});

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
  { name: "roles", address: "/roles" },
  { name: "role", address: "/roles/viewer" },
  { name: "role-fixed", address: "/roles/administrator" },
  { name: "role-new", address: "/roles/new?copy=warehouse_staff" },
  { name: "role-draft", address: "/roles/viewer?version=0&name=Viewer&permissions%5B%5D=transit%3Aread&requires_second_factor=true" },
  { name: "audit", address: "/audit" },
  { name: "audit-none-fits", address: "/audit?person=nobody+is+called+so&resource=user&action=edit&since=2026-01-01&until=2026-01-02" },
  { name: "databases", address: "/databases" },
  { name: "users", address: "/users" },
  { name: "user-new", address: "/users/new" },
  { name: "user-new-refused", address: `/users/new?email=nobody&name=&roles=viewer&error=${encodeURIComponent(refusedUser)}` },
  { name: "account", address: "/account" },
  { name: "unknown-address", address: "/nowhere", status: 404 },
  { name: "unknown-table", address: "/tables/none", status: 404 },
  { name: "unknown-role", address: "/roles/none", status: 404 },
  { name: "unknown-user", address: "/users/none", status: 404 },
  { name: "unknown-run", address: "/imports/runs/none", status: 404 },
];

/** Pages of somebody who is not signed in. */
export const outside: Place[] = [
  { name: "sign-in", address: "/sign-in" },
  { name: "set-password-late", address: "/set-password?token=late", status: 404 },
];

/** Pages of an installation that has runs. */
export async function placesOfRuns(page: Page): Promise<Place[]> {
  const linked = async (name: string, list: string, link: string, exact = false): Promise<Place> => {
    await page.goto(list);
    const address = await page.getByRole("main").getByRole("link", { name: link, exact }).first().getAttribute("href");
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
    { name: "users-filtered", address: "/users?text=Etxeberria&role=viewer&state=active&sort=-seen&page=3" },
    { name: "users-none-fits", address: "/users?text=nobody+is+called+so" },
    await linked("user", `/users?text=${encodeURIComponent(longUser)}`, longUser, true),
    await linked("user-oneself", "/users?text=admin%40localhost", "Administrator"),
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
