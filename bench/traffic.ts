import { randomUUID } from 'node:crypto';
import { signPlugNmeet } from '#test/signing.ts';

/** A request as it goes over the wire, written once before the clock runs. */
export type WireRequest = Buffer;

const events = [
  'participant_joined',
  'track_published',
  'track_published',
  'track_unpublished',
  'participant_left',
];

/** plugNmeet-like webhooks of about 1.6 kB over 500 rooms, each with its own id and its own valid token. */
export function plugNmeetTraffic(
  count: number,
  signer: { key: string; secret: string },
  now: Date,
): WireRequest[] {
  return Array.from({ length: count }, (_, index) => wireRequest(body(index, now), signer, now));
}

function wireRequest(body: string, signer: { key: string; secret: string }, now: Date): WireRequest {
  const headers = {
    ...signPlugNmeet(body, { ...signer, now }),
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /hooks/meet HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}\r\n${body}`);
}

function body(index: number, now: Date): string {
  const room = index % 500;
  const person = Math.floor(index / 500) % 40;
  const seconds = String(Math.floor(now.getTime() / 1000));
  const metadata = {
    room_title: `Weekly sync ${room}`,
    welcome_message: 'Welcome to the room. '.repeat(12),
    started_at: '0',
    is_breakout_room: false,
    parent_room_id: '',
    webhook_url: 'https://bot.example.com/webhooks/plugnmeet',
    room_features: { allow_webcams: true, recording_features: { is_allow: true, is_allow_cloud: true } },
    extra_data: { team: 'sales', tier: 'gold' },
  };
  return JSON.stringify({
    event: events[index % events.length],
    room: {
      sid: `7f867cd7-7956-4a17-af46-${String(room).padStart(12, '0')}`,
      room_id: `room-${room}`,
      empty_timeout: 1800,
      max_participants: 0,
      creation_time: seconds,
      enabled_codecs: ['audio/opus', 'audio/red', 'video/VP8', 'video/H264'].map((mime) => ({ mime })),
      metadata: JSON.stringify(metadata),
      num_participants: person,
    },
    participant: {
      sid: `PA_${room}_${person}_${Math.floor(index / 20_000)}`,
      identity: `user-${person}`,
      state: 'ACTIVE',
      joined_at: seconds,
      joined_at_ms: `${seconds}412`,
      name: `Guest ${person}`,
      permission: { can_subscribe: true, can_publish: true, can_publish_data: true },
    },
    track: { sid: `TR_${index}`, source: 'CAMERA', type: 'VIDEO', mime_type: 'video/VP8' },
    id: randomUUID(),
    created_at: seconds,
  });
}
