// Brings data in by the addresses that the pages use, for tests that look at what comes after.

import { type APIRequestContext, expect } from "@playwright/test";

import { gazetteer, type Sample, usZips } from "./files";

/** A run as the server tells of it. */
export interface Run {
  id: string;
  state: "running" | "succeeded" | "failed";
  failure: string | null;
}

/** Sends files in one form and waits until their runs have ended. */
export async function importFiles(request: APIRequestContext, ...files: Sample[]): Promise<Run[]> {
  const form = new FormData();
  for (const { name, mimeType, buffer } of files) {
    form.append("file", new File([new Uint8Array(buffer)], name, { type: mimeType }));
  }
  const answer = await request.post("/api/imports", { multipart: form, headers: { accept: "application/json" } });
  expect(answer.status(), await answer.text()).toBe(202);
  const { runs }: { runs: { id: string }[] } = await answer.json();
  return Promise.all(runs.map(({ id }) => ended(request, "import", id)));
}

/** Runs the transformation and waits until it has ended. */
export async function transform(request: APIRequestContext, name = "zip3"): Promise<Run> {
  const answer = await request.post("/api/transformations/start", { form: { name } });
  expect(answer.status(), await answer.text()).toBe(200);
  return ended(request, "transformation", await answer.json());
}

/** The few ZIPs, the gazetteer and what is derived from them: every page has something to show. */
export async function fill(request: APIRequestContext): Promise<void> {
  for (const run of [...(await importFiles(request, usZips(), gazetteer())), await transform(request)]) {
    expect(run).toMatchObject({ state: "succeeded", failure: null });
  }
}

async function ended(request: APIRequestContext, operation: "import" | "transformation", id: string): Promise<Run> {
  let run: Run | undefined;
  await expect
    .poll(async () => {
      const answer = await request.get("/api/runs/get", { params: { operation, id } });
      run = (await answer.json()).run;
      return run?.state;
    })
    .not.toBe("running");
  return run!;
}
