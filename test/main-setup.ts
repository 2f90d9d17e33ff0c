import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { secrets, serviceVariables, testSources } from '#test/service.ts';
import { type TemporaryFolder, temporaryFolder } from '#test/stores.ts';

const main = resolve('src/main.ts');

export const goodRules = `version: 1
${testSources}
destinations: { board: { preview: {} } }
rules:
  - { id: joined, on: participant.joined, send: { to: board, text: "{{participant.name}} joined" } }
`;

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** A program of ours that runs on its own. */
export type Program = {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly out: () => string;
  readonly ended: Promise<Ended>;
};

/** A folder with a rules file, in which programs run: no `.env` of the project gets in. */
export async function workplace(rules = goodRules): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, 'rules.yaml'), rules);
  return folder;
}

/** Starts `node <file> …args` in the folder. Ends it by force after 20 seconds. */
export function start(
  { path }: TemporaryFolder,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
  file: string = main,
): Program {
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...serviceVariables(path, 'rules.yaml', { CALLBOARD_TEMPLATES: '.' }),
    ...variables,
  };
  const child = spawn(process.execPath, [...before, file, ...args], { cwd: path, env });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]): Ended => {
    clearTimeout(timer);
    return { code, out, err };
  });
  return { child, out: () => out, ended };
}

/** Runs a command to its end. */
export function run(...started: Parameters<typeof start>): Promise<Ended> {
  return start(...started).ended;
}

export const apiSecret = secrets.plugnmeet;
