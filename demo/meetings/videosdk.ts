import { randomBytes } from 'node:crypto';
import { signVideoSdk } from '#simulation/signing.ts';
import type { VideoSdkKeys } from '#test/signing.ts';
import { minutesAfter, ordinary, type Special, type Step } from '../step.ts';

/** A name that would ring a whole channel and lead astray, were it not treated as data. */
const hostile = '<!channel> @everyone [free](https://evil.example) *bold*';

/** A broadcast on VideoSDK: guests with hostile names, a stream for viewers and a recording that fails. `storage` is where its files are. */
export function broadcast(
  startsAt: Date,
  keys: Pick<VideoSdkKeys, 'privateKey'>,
  storage: string,
): readonly Step[] {
  const session = { meetingId: 'k3xq-7wtn-p2dc', sessionId: randomBytes(12).toString('hex') };
  const recording = { id: randomBytes(12).toString('hex') };

  const send = (minute: number, webhookType: string, facts: object = {}, special: Special = {}): Step => {
    const body = JSON.stringify({ webhookType, data: { ...session, ...facts } });
    return {
      at: minutesAfter(startsAt, minute),
      platform: 'VideoSDK',
      source: 'vsdk',
      native: webhookType,
      headers: signVideoSdk(body, keys),
      body,
      ...ordinary,
      ...special,
    };
  };
  const guest = { participantId: 'u2', participantName: hostile };
  const vip = { participantId: 'ceo-bigco', participantName: `${hostile} CEO` };
  const start = startsAt.toISOString();

  return [
    send(0, 'session-started', { start }, { tells: ['meeting-started → archive'] }),
    send(0.8, 'participant-joined', guest, { note: 'a guest with a hostile name' }),
    send(3, 'participant-joined', vip, {
      tells: ['vip-joined → sales'],
      note: 'a VIP with a hostile name',
    }),
    send(4, 'recording-started', recording, { tells: ['recording-started → archive'] }),
    send(
      5,
      'hls-playable',
      { playbackHlsUrl: `${storage}/meetings-hls/${session.sessionId}/index.m3u8` },
      { tells: ['hls-live → community'] },
    ),
    send(
      12,
      'recording-failed',
      { ...recording, message: 'storage rejected the upload' },
      { tells: ['recording-failed → ops'] },
    ),
    send(18, 'participant-left', { ...guest, reason: 'user-left' }),
    send(18.5, 'participant-left', { ...vip, reason: 'user-left' }),
    send(
      19,
      'session-ended',
      { start, end: minutesAfter(startsAt, 19).toISOString() },
      { tells: ['meeting-ended → archive'] },
    ),
  ];
}
