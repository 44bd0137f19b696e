// The browser tests' settings. `scripts/test` calls them with CHROMIUM set to the browser's path.
//
//   CHROMIUM=$(scripts/chromium) node_modules/.bin/playwright test --config end2end

import { defineConfig } from "@playwright/test";

const executablePath = process.env.CHROMIUM;
if (!executablePath) {
  throw new Error("CHROMIUM is not set: it names the browser to test with. Set it to what `scripts/chromium` prints.");
}
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  reporter: [["list"], ["html", { outputFolder: "report", open: "never" }]],
  // A test that passes only at times is broken.
  retries: 0,
  forbidOnly: true,
  // Each has a server and a PostgreSQL of its own.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    trace: "retain-on-failure",
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    timezoneId: "America/New_York",
    launchOptions: {
      executablePath,
      args: [
        // Chromium's sandbox refuses to be started by root.
        ...(isRoot ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
