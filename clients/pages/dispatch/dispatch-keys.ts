/** The keyboard map of the dispatcher's page. Pure: one table for the keys, their help and the test that none is twice. */
import type { AskWhat } from '../../../signaling/protocol/events-bystander.ts';

export const ASK_KEYS: Readonly<Record<string, Exclude<AskWhat, 'zoom'>>> = {
  k: 'camera',
  t: 'torch',
  x: 'flip',
  i: 'photo',
  j: 'sound',
  q: 'location',
  w: 'microphone',
  z: 'second-phone',
};

export type PanelName = 'text' | 'guidance' | 'cpr' | 'place' | 'photos' | 'people';
export const PANEL_KEYS: Readonly<Record<string, PanelName>> = {
  c: 'text',
  g: 'guidance',
  h: 'cpr',
  a: 'place',
  '#': 'photos',
  u: 'people',
};

/** Names of keys, two spaces apart, and what they do, in the order of the help. */
export const KEY_HELP = [
  ['N', 'new'],
  ['[  ]', 'incidents'],
  ['L', 'link'],
  ['Y  D', 'admit'],
  ['B', 'veil'],
  ['1 – 9', 'tile'],
  ['K  T  X  I', 'camera'],
  [',  .', 'phoneZoom'],
  ['J  Q  W  Z', 'phoneSound'],
  ['C  G  H', 'guide'],
  ['A  #  U', 'around'],
  ['E  O  R', 'basis'],
  ['M  V', 'own'],
  ['+  –  0', 'zoom'],
  ['S  P  F', 'picture'],
  ['?', 'help'],
] as const;
export type KeyHelp = (typeof KEY_HELP)[number][1];
