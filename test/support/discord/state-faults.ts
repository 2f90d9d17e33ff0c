import type { Fault } from '#test/faults.ts';
import type { Channel } from './world.ts';

/** Lets a fault that deletes or closes something take effect on the channel, just before the call that meets it. */
export function changeState(fault: Fault, channel: Channel, messageId: string | undefined): void {
  if (fault === 'message-deleted') {
    channel.messages.delete(messageId ?? [...channel.messages.keys()].at(-1) ?? '');
  }
  if (fault !== 'channel-archived') return;
  // Only threads can be archived at Discord; a channel becomes read-only instead.
  if (channel.kind === 'thread') Object.assign(channel, { archived: true, locked: true });
  else channel.state = 'no_permission';
}
