/** The table of all decisions of a room: pure functions of its state (design section 12, rule 4). */
import type { Deciders } from '../types.ts';
import { cprDeciders } from './cpr.ts';
import { guidanceDeciders } from './guidance.ts';
import { helpDeciders } from './help.ts';
import { inviteDeciders } from './invites.ts';
import { linkDeciders } from './links.ts';
import { markDeciders } from './marks.ts';
import { noteDeciders } from './notes.ts';
import { orderDeciders } from './orders.ts';
import { pageDeciders } from './pages.ts';
import { patientDeciders } from './patients.ts';
import { peerDeciders } from './peers.ts';
import { pictureDeciders } from './pictures.ts';
import { recordingDeciders } from './recording.ts';
import { roomDeciders } from './room.ts';
import { sourceDeciders } from './sources.ts';
import { volunteerDeciders } from './volunteers.ts';

export const deciders: Deciders = {
  ...roomDeciders,
  ...peerDeciders,
  ...sourceDeciders,
  ...patientDeciders,
  ...noteDeciders,
  ...orderDeciders,
  ...helpDeciders,
  ...inviteDeciders,
  ...linkDeciders,
  ...pageDeciders,
  ...guidanceDeciders,
  ...cprDeciders,
  ...volunteerDeciders,
  ...recordingDeciders,
  ...markDeciders,
  ...pictureDeciders,
};
