// Every page, empty and full, light and dark, narrow and wide: nothing that axe objects to, nothing wider than the screen.
// Leaves a picture of each in results/screens, for people to look at.

import fs from "node:fs";
import path from "node:path";

import type { Page } from "@playwright/test";

import { importFiles } from "../arrange";
import { axe } from "../axe";
import { badFiles, gazetteer, manyZips, olderGazetteer, usZips, zipsWithoutZeros, zipsWithRejects } from "../files";
import { longName } from "../furnish";
import { drop, entry, expectState, sent, submit } from "../imports-page";
import type { Noise } from "../noise";
import { outside, type Place, places, placesOfRuns } from "../pages";
import { hold } from "../postgres";
import { expect, open, test } from "../test";

const widths = [360, 1440];
/** Where the layout changes, and what lies between. */
const widthsBetween = [600, 768, 1024, 1280];
const schemes = ["light", "dark"] as const;

test.describe.configure({ mode: "parallel" });

async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) {
      return [];
    }
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    return [`${root.scrollWidth} px wide, because of: ${wide.map((element) => `${element.localName}.${element.className}`).slice(0, 5).join(", ")}`];
  });
}

/** Looks at every place in every width, and says what is wrong with each. */
async function look(page: Page, noise: Noise, all: Place[], label: string): Promise<void> {
  noise.expectStatus(404);
  // What dark changes, the colours, is the same in every width.
  const axeAt = label.endsWith("dark") ? widths.slice(-1) : widths;
  const wrong: Record<string, string[]> = {};
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    for (const { name, address, status } of all) {
      const answer = await page.goto(address);
      expect(answer?.status(), address).toBe(status ?? 200);
      await page.locator("body[data-hydrated]").waitFor();
      const picture = `${name}-${label}-${width}`;
      await page.screenshot({ path: path.join(test.info().project.outputDir, "screens", `${picture}.png`), fullPage: true });
      const found = [...(await tooWide(page)), ...(axeAt.includes(width) ? await axe(page) : [])];
      if (width === widths.at(-1)) {
        for (const between of widthsBetween) {
          await page.setViewportSize({ width: between, height: 800 });
          found.push(...(await tooWide(page)));
        }
        await page.setViewportSize({ width, height: 800 });
      }
      if (found.length > 0) {
        wrong[picture] = found;
      }
    }
  }
  expect(wrong).toEqual({});
}

test.beforeAll(() => fs.mkdirSync(path.join(test.info().project.outputDir, "screens"), { recursive: true }));

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test.describe.configure({ timeout: 360_000 });

    test.describe("empty", () => {
      test.use({ where: "empty" });
      test("pages of an empty installation", async ({ page, noise }) => look(page, noise, places, `empty-${colorScheme}`));
    });

    test.describe("full", () => {
      test.use({ where: "full" });
      test("pages of an installation in use", async ({ page, noise }) => {
        await look(page, noise, [...places, ...(await placesOfRuns(page))], `full-${colorScheme}`);
      });
    });

    test.describe("outside", () => {
      test.use({ who: "nobody" });
      test("the sign-in page", async ({ page, noise }) => {
        await look(page, noise, outside, colorScheme);
        noise.expectStatus(422);
        await open(page, "/sign-in");
        await page.getByLabel("E-mail address").fill("somebody@example.com");
        await page.getByLabel("Password").fill("not the password");
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
        expect(await axe(page)).toEqual([]);
        await page.screenshot({ path: path.join(test.info().project.outputDir, "screens", `sign-in-refused-${colorScheme}-1440.png`) });
      });
    });

    test.describe("open menus", () => {
      test.use({ where: "full" });
      test("menus, the drawer and a kind's columns", async ({ page }) => {
        const shoot = async (name: string) => {
          await page.screenshot({ path: path.join(test.info().project.outputDir, "screens", `${name}-${colorScheme}.png`) });
          expect(await axe(page), name).toEqual([]);
        };
        await open(page, "/imports?page=999");
        for (const [name, label] of [["work", /^Work: 2 runs/], ["theme", "Light or dark"], ["account", /^Account of /]] as const) {
          await page.getByLabel(label).click();
          await shoot(`menu-${name}`);
        }
        await page.keyboard.press("Escape");
        await page.getByText("SimpleMaps US ZIPs").click();
        await page.getByText("More options").click();
        await shoot("kind");
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await tooWide(page)).toEqual([]);
        await shoot("kind-360");
        await page.getByLabel("Pages", { exact: true }).click();
        await shoot("drawer-360");
      });
    });
  });
}

test.describe("while somebody imports", () => {
  test.use({ where: "own" });

  test("files chosen, refused, waiting, at work and imported", async ({ page, installation }) => {
    test.setTimeout(360_000);
    const shoot = async (name: string) => {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: path.join(test.info().project.outputDir, "screens", `${name}-${colorScheme}-${width}.png`), fullPage: true });
          expect([...(await tooWide(page)), ...(await axe(page))], `${name}, ${colorScheme}, ${width}`).toEqual([]);
        }
      }
    };
    await importFiles(page.request, manyZips(500));
    await open(page, "/imports");
    const files = [usZips(longName), zipsWithRejects(), zipsWithoutZeros(300), gazetteer(), olderGazetteer(), ...badFiles.map(({ file }) => file)];
    await drop(page, files);
    await shoot("imports-chosen");
    await submit(page, files.length, true);
    await expect(sent(page).getByText("Waits for you")).toHaveCount(5);
    await expect(sent(page).getByRole("button", { name: "Import the 4 without questions" })).toBeVisible();
    await shoot("imports-sent");

    const reader = await hold(installation.server, "workspace.us_zips");
    await entry(page, longName).getByRole("button", { name: "Import 4 rows" }).click();
    await expect(entry(page, longName).getByRole("progressbar", { name: "Publishing" })).toBeVisible();
    await shoot("imports-at-work");
    await entry(page, longName).getByRole("link", { name: longName }).click();
    await expect(page.getByRole("progressbar", { name: "Publishing" })).toBeVisible();
    await shoot("import-run-at-work");
    await reader.letGo();
    await expectState(page, "Succeeded");
    await page.getByText("Undo this import", { exact: true }).click();
    await shoot("import-run-undo-asked");
  });
});

test.describe("the theme that somebody chooses", () => {
  test("changes the colours at once and stays", async ({ page }) => {
    await open(page, "/");
    const colour = () => page.evaluate(() => getComputedStyle(document.body).color);
    const light = await colour();
    await page.getByLabel("Light or dark").click();
    await page.getByRole("button", { name: "Dark" }).click();
    await expect.poll(colour).not.toBe(light);
    await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
    const dark = await colour();
    await expect.poll(async () => (await page.context().cookies()).find(({ name }) => name === "theme")?.value).toBe("dark");
    await page.reload();
    expect(await colour()).toBe(dark);
  });
});
