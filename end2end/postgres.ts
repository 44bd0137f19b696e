// PostgreSQL itself: a throw-away one that a test stops and starts, and questions to a server's private one.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

import { makeFolder, type Server } from "./server";

const bin = execFileSync(path.resolve(__dirname, "..", "scripts", "postgres-bin"), { encoding: "utf8" }).trim();
/** Whom PostgreSQL runs as where it refuses to run as whoever runs the tests: root. */
const owner = process.getuid?.() === 0 ? (exists("postgres") ? "postgres" : "nobody") : undefined;

function exists(user: string): boolean {
  return spawnSync("id", ["-u", user]).status === 0;
}

function asOwner(program: string, options: string[]): [string, string[]] {
  return owner ? ["runuser", ["-u", owner, "--", program, ...options]] : [program, options];
}

async function freePort(): Promise<number> {
  const listener = net.createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as net.AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

/** A cluster of its own with one empty database, which lasts as long as a test. Its data may be lost. */
export class Cluster {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Makes a cluster and starts it. */
  static async start(): Promise<Cluster> {
    const folder = makeFolder("postgres");
    if (owner) {
      execFileSync("chown", [`${owner}:`, folder]);
    }
    const cluster = new Cluster(folder, await freePort());
    cluster.run("initdb", "--pgdata", cluster.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync");
    cluster.resume();
    return cluster;
  }

  private get data(): string {
    return path.join(this.folder, "data");
  }

  /** Where its database is. */
  get url(): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/postgres?sslmode=disable`;
  }

  /** Stops it at once, as a crash would. */
  halt(): void {
    this.run("pg_ctl", "stop", "-D", this.data, "-m", "immediate", "-s");
  }

  /** Starts it again, on the same port. */
  resume(): void {
    const settings = `-p ${this.port} -k ${this.folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
    this.run("pg_ctl", "start", "-D", this.data, "-l", path.join(this.folder, "log"), "-o", settings, "-w", "-s");
  }

  /** Stops it for good. */
  remove(): void {
    try {
      this.halt();
    } catch {
      // The test has stopped it already.
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private run(name: string, ...options: string[]): void {
    const [program, all] = asOwner(path.join(bin, name), options);
    execFileSync(program, all, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }
}

function privateUrl(server: Server, database: "handled_primary" | "handled_data"): string {
  const password = fs.readFileSync(path.join(server.data, "secrets", "postgres_superuser"), "utf8").trim();
  return `postgresql://postgres:${password}@127.0.0.1:${server.postmaster()?.port}/${database}?sslmode=disable`;
}

/** Runs SQL on a private PostgreSQL as its superuser; answers the first column of the first row. */
export function query(server: Server, database: "handled_primary" | "handled_data", sql: string): string {
  const options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, privateUrl(server, database)];
  return execFileSync(path.join(bin, "psql"), options, { encoding: "utf8" }).trim();
}

/** Reads a relation in a transaction that stays open, as a dump would: until it is let go, nobody can replace it. */
export async function hold(server: Server, relation: string): Promise<{ letGo(): Promise<void> }> {
  const child = spawn(path.join(bin, "psql"), ["-X", "-q", "-A", "-t", privateUrl(server, "handled_data")], { stdio: ["pipe", "pipe", "inherit"] });
  const answered = once(child.stdout, "data");
  child.stdin.write(`BEGIN; SELECT 'held' FROM (SELECT count(*) FROM ${relation}) AS read;\n`);
  await answered;
  const letGo = async () => {
    const ended = once(child, "exit");
    child.stdin.end("COMMIT;\n");
    await ended;
  };
  return { letGo };
}
