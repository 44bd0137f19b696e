// What every test starts from: a running server, a page that somebody is signed in on, and ears for what goes wrong.

import { type Browser, type BrowserContext, type Page, test as base, expect } from "@playwright/test";

import { furnish } from "./furnish";
import { Noise } from "./noise";
import { type Person, Server } from "./server";

export { expect };

/** Who looks at the page. */
export type Who = "administrator" | "viewer" | "nobody";

/** The browser's cookies and storage after somebody has signed in. */
export type SignedIn = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** A server and the people on it, each signed in once. */
export class Installation {
  private readonly signedIn = new Map<Who, SignedIn>();
  private viewer: Person | undefined;

  constructor(
    readonly server: Server,
    private readonly browser: Browser,
  ) {}

  /** Who somebody is. The viewer is created by command, when it is first needed. */
  async person(who: Exclude<Who, "nobody">): Promise<Person> {
    if (who === "administrator") {
      return this.server.administrator;
    }
    this.viewer ??= await this.server.createUser("Vera", "viewer");
    return this.viewer;
  }

  /** What a browser keeps once they have signed in, through the page. */
  async stateOf(who: Who): Promise<SignedIn> {
    if (who === "nobody") {
      return { cookies: [], origins: [] };
    }
    const known = this.signedIn.get(who);
    if (known) {
      return known;
    }
    // Not the test's own cookies: whoever signs in over a session ends it.
    const context = await this.browser.newContext({ baseURL: this.server.address, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await signIn(page, await this.person(who));
    const state = await context.storageState();
    await context.close();
    this.signedIn.set(who, state);
    return state;
  }
}

/** Signs in through the page, from wherever it is, and waits for the page that follows. */
export async function signIn(page: Page, person: Person, address = "/sign-in"): Promise<void> {
  await page.goto(address);
  await fillIn(page, person);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeHidden();
}

/** Fills in the sign-in form and sends it. */
export async function fillIn(page: Page, person: Person): Promise<void> {
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits until the page is live: before that, a click is the browser's own. */
export async function ready(page: Page): Promise<void> {
  await page.locator("body[data-hydrated]").waitFor();
}

/** Opens a page of the site and waits until it is live. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await ready(page);
}

/**
 * Which server a test works on: one for all tests, which bring what they need; one that nothing is imported into; one that
 * has been in use for a year, which tests only look at; or its own.
 */
export type Where = "shared" | "empty" | "full" | "own";

interface TestFixtures {
  /** Who looks at the page; a test changes it by `test.use`. */
  who: Who;
  /** On which server; a test changes it by `test.use`. */
  where: Where;
  /** The server that the page is of. */
  installation: Installation;
  /** What went wrong in the browser so far. Anything unexpected fails the test. */
  noise: Noise;
}

interface WorkerFixtures {
  /** The servers that outlive a test, each started when it is first needed. */
  lasting: (where: Exclude<Where, "own">) => Promise<Installation>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  who: ["administrator", { option: true }],
  where: ["shared", { option: true }],

  lasting: [
    async ({ browser }, use) => {
      const installations = new Map<Where, Installation>();
      await use(async (where) => {
        let installation = installations.get(where);
        if (!installation) {
          installation = new Installation(await Server.start(), browser);
          installations.set(where, installation);
          if (where === "full") {
            await furnish(installation);
          }
        }
        return installation;
      });
      for (const { server } of installations.values()) {
        expect(await server.stop()).toEqual([]);
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],

  installation: [
    async ({ where, lasting, browser }, use) => {
      if (where !== "own") {
        return await use(await lasting(where));
      }
      const server = await Server.start();
      await use(new Installation(server, browser));
      expect(await server.stop()).toEqual([]);
    },
    { timeout: 120_000 },
  ],

  baseURL: async ({ installation }, use) => await use(installation.server.address),
  storageState: async ({ installation, who }, use) => await use(await installation.stateOf(who)),

  noise: [
    async ({ context, javaScriptEnabled }, use) => {
      const noise = new Noise();
      noise.listen(context);
      if (!javaScriptEnabled) {
        noise.expectNoScripts();
      }
      await use(noise);
      expect(noise.unexpected(), "nothing unexpected in the console or on the wire").toEqual([]);
    },
    { auto: true },
  ],
});
