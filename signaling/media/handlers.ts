/** The contents page of the media methods: one handler each. */
import type { Params, Result } from '../protocol/methods.ts';
import {
  announceRung,
  closeDataProducer,
  closeProducer,
  pauseProducer,
  produce,
  produceData,
} from './handle-produce.ts';
import { start } from './handle-start.ts';
import { closeTransport, connectTransport, createTransport, restartIce } from './handle-transports.ts';
import { consumerFailed, consumerReady, report, views } from './handle-views.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import type { MediaMethod, MediaPeer } from './types.ts';

/** What carries out each media method, in the queue of the peer that asks. */
export type Handlers = {
  readonly [M in MediaMethod]: (
    room: MediaRoom,
    peer: PeerMedia,
    params: Params<M>,
    who: MediaPeer,
  ) => Promise<Result<M>>;
};

export const HANDLERS: Handlers = {
  'media.start': start,
  'media.createTransport': createTransport,
  'media.connectTransport': connectTransport,
  'media.restartIce': restartIce,
  'media.closeTransport': closeTransport,
  'media.produce': produce,
  'media.closeProducer': closeProducer,
  'media.pauseProducer': pauseProducer,
  'media.announceRung': announceRung,
  'media.produceData': produceData,
  'media.closeDataProducer': closeDataProducer,
  'media.views': views,
  'media.consumerReady': consumerReady,
  'media.consumerFailed': consumerFailed,
  'media.report': report,
};
