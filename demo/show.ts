import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from '#runtime/screen.ts';
import { drawHeadings } from './drawing.ts';
import { Mailbox } from './mailbox.ts';
import { dailyStandup } from './meetings/livekit.ts';
import { weeklySync } from './meetings/plugnmeet.ts';
import { broadcast } from './meetings/videosdk.ts';
import { type Counted, differences, drawSummary } from './outcome.ts';
import { type Played, play } from './player.ts';
import { openStage, type Stage } from './stage.ts';
import { minutesAfter, type Step } from './step.ts';
import { StoryClock } from './story-clock.ts';
import { createWarnings } from './warnings.ts';

export type ShowOptions = {
  readonly screen: Screen;
  /** Ends when the meetings are over, and fast. */
  readonly isOnce: boolean;
  /** Its abort ends the demo. */
  readonly signal: AbortSignal;
};

const unhurried = { pauseMs: 120, readingMs: 360 };
const hurried = { pauseMs: 0, readingMs: 0 };

/** Plays three meetings to the service; true when exactly that came of them which should. */
export async function show({ screen, isOnce, signal }: ShowOptions): Promise<boolean> {
  const { print, paint } = screen;
  const endsAt = new Date();
  const clock = new StoryClock(() => new Date(), minutesAfter(endsAt, -51));
  const log = createWarnings((text) => print(paint('red', text)), 1);
  await using stage = await openStage({ now: clock.now, log });
  const steps = rehearse(stage, endsAt);

  drawOpening(screen, stage);
  const mailbox = new Mailbox(stage.address);
  const pace = isOnce ? hurried : unhurried;
  const played = await play(steps, { address: stage.address, clock, mailbox, screen, pace, signal });
  const counted = await count(stage, played);
  drawSummary(screen, played, counted);

  const problems = differences(steps, played, counted);
  if (problems.length > 0) print(`\nOther than with the shipped rules and templates:`);
  for (const problem of problems) print(paint('red', `  ${problem}`));
  if (isOnce) return problems.length === 0;
  drawClosing(screen, stage);
  await untilAborted(signal);
  return problems.length === 0;
}

/** The three meetings; they overlap, and the last files come a minute before `endsAt`. */
function rehearse(stage: Stage, endsAt: Date): readonly Step[] {
  const { plugnmeet, livekit, videosdk, storage } = stage;
  const weekly = weeklySync(minutesAfter(endsAt, -50), plugnmeet);
  for (const file of weekly.files) stage.addFile(file);
  return [
    ...weekly.steps,
    ...dailyStandup(minutesAfter(endsAt, -31), livekit, storage),
    ...broadcast(minutesAfter(endsAt, -22), videosdk, storage),
  ];
}

function drawOpening(screen: Screen, { address }: Stage): void {
  const { print, paint, link } = screen;
  const preview = `${address}/preview`;
  print(paint('bold', 'Callboard, a demonstration'));
  print('');
  print('Three meetings of the last hour are played in a few seconds. Their webhooks go to the real');
  print('service; rules.yaml decides what is told to whom. Nothing leaves this machine.');
  print('');
  print(`The messages as Slack and Discord would show them:  ${link(paint('cyan', preview), preview)}`);
  print('');
  drawHeadings(screen);
}

function drawClosing({ print, paint, link }: Screen, { address }: Stage): void {
  const preview = `${address}/preview`;
  print('');
  print(`Open ${link(paint('cyan', preview), preview)} to see every message, and to try its buttons.`);
  print('Next: README, "Connect your own Slack", and rules.yaml, where all of this is decided.');
  print(paint('dim', 'Ctrl-C ends the demonstration and removes what it made.'));
}

/** Asks the service how many events it processed, and follows every artifact link once. */
async function count({ address }: Stage, { messages }: Played): Promise<Counted> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  const events = [...metrics.matchAll(/^callboard_events_total\{.*\} (\d+)$/gm)];
  const buttons = messages.flatMap(({ slack }) =>
    slack.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : [])),
  );
  const links = new Set(buttons.map(({ url }) => url).filter((url) => url.startsWith(`${address}/a/`)));
  const answers = await Promise.all(
    [...links].map(async (url) => {
      const response = await fetch(url);
      await response.body?.cancel();
      return { url, isFile: response.redirected && response.ok };
    }),
  );
  return {
    events: events.reduce((sum, [, number]) => sum + Number(number), 0),
    deadLinks: answers.filter(({ isFile }) => !isFile).map(({ url }) => url),
    links: links.size,
  };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  const aDayMs = 86_400_000;
  while (!signal.aborted) await sleep(aDayMs, undefined, { signal }).catch(() => undefined);
}
