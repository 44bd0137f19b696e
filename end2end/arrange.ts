// Brings data in by the addresses that the pages use, for tests that look at what comes after.

import path from "node:path";

import { type APIRequestContext, expect } from "@playwright/test";

import { filesIn, gazetteer, type Sample, sampleOf, usZips } from "./files";
import type { Server } from "./server";

/** A run as the server tells of it. */
export interface Run {
  id: string;
  state: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "undone";
  failure: string | null;
}

type Operation = "import" | "undo" | "transformation";

/** Sends files in one form, whatever is live already, and waits until their runs have ended or wait for somebody. */
export async function importFiles(request: APIRequestContext, ...files: Sample[]): Promise<Run[]> {
  return send(request, files, { same_bytes: "on" });
}

/** The few charts, standards and times of the demo: enough for a matrix of everything. */
export async function importDemo(request: APIRequestContext, server: Server): Promise<void> {
  const folder = path.join(server.data, "..", "demo");
  const made = await server.command("demo", "files", folder);
  expect(made.code, made.stderr).toBe(0);
  const files = filesIn(folder).filter((file) => /\d{3}\.xlsx?$|\d{5}(_Outbound)?\.csv$|3D_Base/.test(file));
  for (const run of await importFiles(request, ...files.map(sampleOf))) {
    expect(run).toMatchObject({ state: "succeeded", failure: null });
  }
}

/** Sends files that somebody is to look at first, and waits until their runs wait for that. */
export async function previewFiles(request: APIRequestContext, ...files: Sample[]): Promise<Run[]> {
  return send(request, files, { same_bytes: "on", preview: "on" });
}

async function send(request: APIRequestContext, files: Sample[], fields: Record<string, string>): Promise<Run[]> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.append(name, value);
  }
  for (const { name, mimeType, buffer } of files) {
    form.append("file", new File([new Uint8Array(buffer)], name, { type: mimeType }));
  }
  const answer = await request.post("/api/imports", { multipart: form, headers: { accept: "application/json" } });
  expect(answer.status(), await answer.text()).toBe(202);
  const { runs }: { runs: { id: string }[] } = await answer.json();
  return Promise.all(runs.map(({ id }) => stopped(request, "import", id)));
}

/** Has something done with an import that ends in a run, and waits until that has ended. */
export async function command(request: APIRequestContext, what: "cancel" | "confirm" | "undo", id: string): Promise<Run> {
  const answer = await request.post(`/api/imports/${what}`, { form: { id } });
  expect(answer.status(), await answer.text()).toBe(200);
  return what === "undo" ? stopped(request, "undo", await answer.json()) : stopped(request, "import", id);
}

/** Runs the transformation and waits until it, and what has to come before it, have ended. */
export async function transform(request: APIRequestContext, name = "zip3"): Promise<Run> {
  const answer = await request.post("/api/transformations/start", { form: { name } });
  expect(answer.status(), await answer.text()).toBe(200);
  const { runs }: { runs: [string, string][] } = await answer.json();
  const ended = await Promise.all(runs.map(([, id]) => stopped(request, "transformation", id)));
  return ended.at(-1)!;
}

/** The few ZIPs, the gazetteer and what is derived from them: every page has something to show. */
export async function fill(request: APIRequestContext): Promise<void> {
  for (const run of [...(await importFiles(request, usZips(), gazetteer())), await transform(request)]) {
    expect(run).toMatchObject({ state: "succeeded", failure: null });
  }
}

async function stopped(request: APIRequestContext, operation: Operation, id: string): Promise<Run> {
  let run: Run | undefined;
  await expect
    .poll(async () => {
      const answer = await request.get("/api/runs/get", { params: { operation, id } });
      run = (await answer.json()).run;
      return run?.state;
    })
    .not.toMatch(/queued|running/);
  return run!;
}
