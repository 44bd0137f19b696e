// The release server as a process of its own, with a data folder and thereby a private PostgreSQL of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

const repository = path.resolve(__dirname, "..");
const target = path.resolve(repository, process.env.CARGO_TARGET_DIR ?? "target");
const program = path.join(target, "release", "handled");
/** How long a server may take to its first line, and to its end. */
const patience = 60_000;

/** Somebody who can sign in. */
export interface Person {
  email: string;
  password: string;
}

/** What a command left behind. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder in the system's temporary one that the unprivileged user of a private PostgreSQL can pass through. */
export function makeFolder(purpose: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `handled-end2end-${purpose}-`));
  fs.chmodSync(folder, 0o755);
  return folder;
}

/** A running `handled serve`. */
export class Server {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  /** The data folder. */
  readonly data: string;
  /** The first administrator, as printed. */
  readonly administrator: Person;

  private constructor(
    private readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly process: ChildProcess,
    private readonly log: () => string,
    welcome: string,
  ) {
    const printed = (name: string) => new RegExp(`^ *${name} +(\\S+)$`, "m").exec(welcome)?.[1];
    const [address, email, password] = [printed("Address"), printed("E-mail"), printed("Password")];
    if (!address || !email || !password) {
      throw new Error(`The server printed no address, e-mail address or password:\n${welcome}`);
    }
    this.address = address;
    this.administrator = { email, password };
    this.data = environment.HANDLED_DATA_DIR ?? "";
  }

  /** Starts a server on a free port with an empty data folder, and waits until it says that it runs. */
  static async start(settings: Record<string, string> = {}, options: string[] = []): Promise<Server> {
    if (!fs.existsSync(program)) {
      throw new Error(`There is no ${program}; run \`make build\`.`);
    }
    const folder = makeFolder("server");
    // Nothing of whoever runs the tests: their settings are not the tests'.
    const environment = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LANG: "C.UTF-8",
      LEPTOS_SITE_ROOT: path.join(target, "site"),
      HANDLED_DATA_DIR: path.join(folder, "data"),
      PORT: "0",
      ...settings,
    };
    const child = spawn(program, ["serve", ...options], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
    try {
      const welcome = await readWelcome(child, () => log);
      return new Server(folder, environment, child, () => log, welcome);
    } catch (error) {
      child.kill("SIGTERM");
      throw error;
    }
  }

  /** What it has logged so far. */
  logged(): string {
    return this.log();
  }

  /** Runs `handled` with the same settings; as a person beside the running server would. */
  async command(...options: string[]): Promise<Ended> {
    const child = spawn(program, options, { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const [code] = await once(child, "close");
    return { code, stdout, stderr };
  }

  /** Creates a user by command. */
  async createUser(name: string, role: string): Promise<Person> {
    const email = `${name.toLowerCase()}@example.com`;
    const ended = await this.command("user", "create", "--email", email, "--name", name, "--role", role, "--json");
    if (ended.code !== 0) {
      throw new Error(`handled user create failed: ${ended.stderr}`);
    }
    return { email, password: JSON.parse(ended.stdout).password };
  }

  /** The process and port of the private PostgreSQL. */
  postmaster(): { pid: number; port: number } | undefined {
    const file = path.join(this.data, "postgres", "postmaster.pid");
    if (!fs.existsSync(file)) {
      return undefined;
    }
    const lines = fs.readFileSync(file, "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  }

  /** Ends it by SIGTERM, removes its folder, and says what was not as it should be. */
  async stop(): Promise<string[]> {
    const postmaster = this.postmaster();
    const problems = [];
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, "exit", { signal: AbortSignal.timeout(patience) });
      this.process.kill("SIGTERM");
      await ended.catch(() => {
        problems.push(`The server did not end within ${patience / 1000} s of SIGTERM.`);
        this.process.kill("SIGKILL");
      });
    }
    if (this.process.exitCode !== 0) {
      problems.push(`The server ended with ${this.process.exitCode ?? this.process.signalCode}, not with 0.`);
    }
    if (postmaster && !(await ends(postmaster.pid))) {
      problems.push(`The private PostgreSQL (process ${postmaster.pid}) is still alive.`);
    }
    if (/panicked at/.test(this.log())) {
      problems.push("The server panicked.");
    }
    if (problems.length > 0) {
      problems.push(`Its log:\n${this.log()}`);
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
    return problems;
  }
}

/** Everything that the server prints up to its last line of welcome. */
async function readWelcome(child: ChildProcess, log: () => string): Promise<string> {
  const timeout = globalThis.setTimeout(() => child.kill("SIGTERM"), patience);
  try {
    let welcome = "";
    for await (const line of createInterface({ input: child.stdout! })) {
      welcome += `${line}\n`;
      if (line.startsWith("Ctrl-C stops it")) {
        // Whatever comes later is not read, and must not fill the pipe.
        child.stdout!.resume();
        return welcome;
      }
    }
    throw new Error(`The server ended, or was ended after ${patience / 1000} s, before it said that it runs:\n${welcome}${log()}`);
  } finally {
    clearTimeout(timeout);
  }
}

/** Whether a process ends. PostgreSQL says that it has stopped a moment before its process is gone. */
async function ends(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await setTimeout(20)) {
    if (!isAlive(pid)) {
      return true;
    }
  }
  return false;
}

/** Whether a process runs. On Linux, one that has ended and that nobody has asked about yet does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    // No such process; no such file where there is no /proc or the process has just ended.
    return (error as NodeJS.ErrnoException).code !== "ESRCH" && !fs.existsSync("/proc/self");
  }
}
