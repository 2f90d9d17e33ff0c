import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '#app';
import { readEnvironment } from '#runtime/environment.ts';
import { PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { newVideoSdkKeys, type VideoSdkKeys } from '#test/signing.ts';
import { freePort } from './free-port.ts';
import type { Credentials, MeetingFile } from './meetings/plugnmeet.ts';
import { openPlaces } from './places.ts';
import { rulesForDemo } from './rules.ts';

/** The running service with everything around it. Disposing stops it all and leaves nothing behind. */
export type Stage = AsyncDisposable & {
  /** Address of the service, without a slash at the end. */
  readonly address: string;
  readonly plugnmeet: Credentials;
  readonly livekit: Credentials;
  readonly videosdk: VideoSdkKeys;
  /** Address of a bucket for recordings and streams. */
  readonly storage: string;
  /** Puts a file on the plugNmeet server. */
  addFile(file: MeetingFile): void;
};

export type StageOptions = {
  readonly now: () => Date;
  /** Takes the log: JSON lines of warnings and worse. */
  readonly log: (line: string) => void;
};

/** Starts the service as it is shipped, on this machine only, with keys made for the occasion and everything in a temporary folder. */
export async function openStage({ now, log }: StageOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), 'callboard-demo-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const plugnmeet = { key: 'demo-plugnmeet', secret: newSecret() };
  const livekit = { key: 'APIdemo', secret: newSecret() };
  const videosdk = newVideoSdkKeys();
  const server = opened.use(await PlugNmeetStandIn.start({ ...plugnmeet, now }));
  const { rooms, storage } = opened.use(await openPlaces());

  const rulesFile = join(folder, 'rules.yaml');
  const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions();
  const shipped = await readFile(shippedPath('rules.yaml'), 'utf8');
  await writeFile(rulesFile, rulesForDemo(shipped, { rooms, timezone }));

  const port = await freePort(3000);
  const address = `http://localhost:${port}`;
  const environment = readEnvironment(
    {
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: address,
      CALLBOARD_RULES: rulesFile,
      CALLBOARD_TEMPLATES: shippedPath('templates'),
      DATABASE_URL: `sqlite:${join(folder, 'callboard.db')}`,
      LINK_SECRET: newSecret(),
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      PLUGNMEET_URL: server.url,
      PLUGNMEET_API_KEY: plugnmeet.key,
      PLUGNMEET_API_SECRET: plugnmeet.secret,
      LIVEKIT_API_KEY: livekit.key,
      LIVEKIT_API_SECRET: livekit.secret,
      VIDEOSDK_PUBLIC_KEY: videosdk.publicKey,
    },
    false,
  );
  const outside = { now, random: Math.random, fetch: globalThis.fetch, write: log };
  opened.adopt(await startApp(environment, outside), (app) => app.stop());

  const everything = opened.move();
  return {
    address,
    plugnmeet,
    livekit,
    videosdk,
    storage,
    addFile: ({ kind, id, text }) =>
      kind === 'recording' ? server.addRecording(id, text) : server.addArtifact(id, text),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function shippedPath(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
