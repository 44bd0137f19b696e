// What a page must not do: write to the console, fail to load something, break its content security policy, mismatch
// on hydration. Most of these only show in the console, so all of it is listened to and a test that hears any fails.

import type { BrowserContext } from "@playwright/test";

/** Everything unwanted that was heard, and what a test has said that it expects. */
export class Noise {
  private readonly heard: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Listens to every page of a context. */
  listen(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.heard.push(`uncaught: ${error.error().message}`));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // The browser gives up what it no longer needs when a page is left, and a page for a download.
      if (reason !== "net::ERR_ABORTED") {
        this.heard.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 400) {
        this.heard.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
  }

  /** Says that this is part of the test: a request that is to be refused, say. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** Says that requests may be answered by this status, which the console then repeats. */
  expectStatus(status: number): void {
    this.expect(new RegExp(`^status ${status}: `), new RegExp(`^console error: Failed to load resource: .* status of ${status} `));
  }

  /** Says that scripts do not run: Chromium then complains about what it was told to load for them. */
  expectNoScripts(): void {
    this.expect(/^request failed: GET \S+\.js: csp$/, /^console warning: The resource \S+\.(wasm|js) was preloaded using link preload but not used/);
  }

  /** What was heard and not expected. */
  unexpected(): string[] {
    return this.heard.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
  }
}
