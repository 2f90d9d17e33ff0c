import { randomUUID } from 'node:crypto';
import { signLiveKit } from '#simulation/signing.ts';
import { nanoseconds, shortId, unixSeconds } from '#simulation/wire.ts';
import { minutesAfter, ordinary, type Special, type Step } from '../step.ts';
import type { Credentials } from './plugnmeet.ts';

function newId(prefix: string): string {
  return shortId(prefix, randomUUID());
}

/**
 * "daily-standup" on LiveKit: 15 minutes with three egresses: a recording whose file comes after the end, a stream for viewers, and a
 * second recording that fails. `storage` is the address of the bucket they write to.
 */
export function dailyStandup(startsAt: Date, credentials: Credentials, storage: string): readonly Step[] {
  const roomSid = newId('RM');
  const room = { sid: roomSid, name: 'daily-standup' };
  const fullRoom = { ...room, creationTime: unixSeconds(startsAt) };
  const alice = { sid: newId('PA'), identity: 'alice', name: 'Alice', state: 'ACTIVE' };
  const bob = { sid: newId('PA'), identity: 'bob', name: 'Bob', state: 'ACTIVE' };
  const [recording, camera, stream] = [newId('EG'), newId('EG'), newId('EG')];

  const send = (minute: number, event: string, facts: object, special: Special = {}): Step => {
    const at = minutesAfter(startsAt, minute);
    const body = JSON.stringify({ event, ...facts, id: newId('EV'), createdAt: unixSeconds(at) });
    const headers = signLiveKit(body, { ...credentials, now: at });
    return { at, platform: 'LiveKit', source: 'live', native: event, headers, body, ...ordinary, ...special };
  };
  const egress = (minute: number, event: string, egressId: string, facts: object, special: Special = {}) =>
    send(
      minute,
      event,
      { room, egressInfo: { egressId, roomId: roomSid, roomName: room.name, ...facts } },
      special,
    );
  const span = (from: number, to: number) => ({
    startedAt: nanoseconds(minutesAfter(startsAt, from)),
    endedAt: nanoseconds(minutesAfter(startsAt, to)),
  });
  const wholeRoom = (output: object) => ({ roomComposite: { roomName: room.name, ...output } });
  const toFile = { fileOutputs: [{ filepath: 'rec/daily-standup.mp4' }] };
  const toSegments = {
    segmentOutputs: [{ playlistName: 'hls/daily.m3u8', livePlaylistName: 'hls/live.m3u8' }],
  };

  const recordingStarted = egress(1, 'egress_started', recording, wholeRoom(toFile), {
    tells: ['recording-started → archive'],
  });
  return [
    send(0, 'room_started', { room: fullRoom }, { tells: ['meeting-started → archive'] }),
    send(0.3, 'participant_joined', { room: fullRoom, participant: alice }),
    send(0.6, 'participant_joined', { room: fullRoom, participant: bob }),
    recordingStarted,
    {
      ...recordingStarted,
      ...ordinary,
      at: minutesAfter(startsAt, 1.05),
      answer: 'duplicate',
      note: 'LiveKit tries again',
    },
    egress(2, 'egress_started', stream, wholeRoom(toSegments)),
    egress(
      2.2,
      'egress_updated',
      stream,
      {
        ...wholeRoom(toSegments),
        status: 'EGRESS_ACTIVE',
        segmentResults: [
          { livePlaylistName: 'hls/live.m3u8', livePlaylistLocation: `${storage}/hls/live.m3u8` },
        ],
      },
      { tells: ['hls-live → community'] },
    ),
    egress(
      5,
      'egress_started',
      camera,
      { participant: { identity: 'bob', ...toFile } },
      {
        note: 'one recording runs already',
      },
    ),
    egress(
      9,
      'egress_ended',
      camera,
      {
        participant: { identity: 'bob', ...toFile },
        status: 'EGRESS_FAILED',
        error: 'failed to upload file: AccessDenied',
        ...span(5, 9),
      },
      { tells: ['recording-failed → ops'] },
    ),
    send(14.8, 'participant_left', { room: fullRoom, participant: { ...alice, state: 'DISCONNECTED' } }),
    send(14.9, 'participant_left', { room: fullRoom, participant: { ...bob, state: 'DISCONNECTED' } }),
    egress(15, 'egress_ended', stream, {
      status: 'EGRESS_COMPLETE',
      segmentResults: [{ playlistLocation: `${storage}/hls/daily.m3u8`, ...span(2, 15) }],
    }),
    send(15.3, 'room_finished', { room: fullRoom }, { tells: ['meeting-ended → archive'] }),
    egress(
      18,
      'egress_ended',
      recording,
      {
        ...wholeRoom(toFile),
        status: 'EGRESS_COMPLETE',
        fileResults: [
          {
            filename: 'rec/daily-standup.mp4',
            duration: String(14 * 60 * 1_000_000_000),
            size: '104857600',
            location: `${storage}/rec/daily-standup.mp4`,
            ...span(1, 15),
          },
        ],
      },
      {
        tells: ['recording-ready → archive', 'recording-ready → community'],
        note: 'the file, after the room closed',
      },
    ),
  ];
}
