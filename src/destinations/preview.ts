import { z } from 'zod';
import type { Outcome, Receipt } from '#domain/delivery.ts';
import type { Destination, DestinationType, Found, Outgoing } from './destination.ts';

const settings = z.strictObject({});

/** Sends nowhere: its messages are there to be looked at where deliveries are kept. */
class Preview implements Destination {
  readonly type = 'preview';
  readonly name: string;
  readonly lane: string;

  constructor(name: string) {
    this.name = name;
    this.lane = `preview:${name}`;
  }

  async send(): Promise<Outcome> {
    return { kind: 'sent', receipt: {} };
  }

  async find(): Promise<Found> {
    return { kind: 'absent' };
  }

  async edit(_outgoing: Outgoing, receipt: Receipt): Promise<Outcome> {
    return { kind: 'sent', receipt };
  }
}

export const preview: DestinationType<z.output<typeof settings>> = {
  type: 'preview',
  settings,
  open: async (name) => ({ kind: 'open', destination: new Preview(name) }),
};
