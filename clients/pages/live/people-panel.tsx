/** Everyone in the room with role, link and voice; the lead's controls stand with each person. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PeerState } from '../../../signaling/protocol/state.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { IconButton, PanelTitle, Tag } from '../../ui/controls.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { useDirectory } from '../../ui/use-directory.ts';
import { FloorKey, FloorTag } from '../marks/floor-keys.tsx';
import { AdmitDialog } from './admit-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { useRoom } from './live-room.ts';
import { isHeard, openInvites, orderPeers, peerLink, sendsTelephone } from './people-view.ts';
import { UnitsSection } from './units-section.tsx';

type Asking = { readonly what: 'remove' | 'lead'; readonly peer: PeerState };

function PersonTags(props: { peer: PeerState }): JSX.Element {
  const { session, state, silent, speaking } = useRoom();
  const { peer } = props;
  const link = peerLink(peer, silent.value);
  const heard = isHeard(state.value, peer.peerId);
  return (
    <div class="row tight-row">
      {peer.peerId === state.value.leadPeerId ? (
        <Tag kind="note" icon="lead">
          {t('people.lead')}
        </Tag>
      ) : null}
      {link === 'up' ? null : (
        <Tag kind="bad" icon="offline">
          {t(`people.link.${link}`)}
        </Tag>
      )}
      {peer.muted.audio ? (
        <Tag kind="warn" icon="mic-off">
          {t('people.mutedByLead')}
        </Tag>
      ) : speaking.value.includes(peer.peerId) ? (
        <Tag kind="good" icon="speaker">
          {t('people.speaks')}
        </Tag>
      ) : (
        <Tag icon={heard ? 'mic' : 'mic-off'}>{heard ? t('people.micOn') : t('people.micOff')}</Tag>
      )}
      <FloorTag peer={peer} />
      {sendsTelephone(state.value, peer.peerId) ? <Tag icon="phone">{t('telephone.source')}</Tag> : null}
      {peer.speaksHere || peer.peerId === session.peerId ? null : <Tag icon="eye">{t('people.watches')}</Tag>}
    </div>
  );
}

function LeadControls(props: { peer: PeerState; onAsk: (asking: Asking) => void }): JSX.Element {
  const { session } = useRoom();
  const { peer, onAsk } = props;
  const muted = peer.muted.audio;
  const mute = () => session.request('peer.mute', { peerId: peer.peerId, kind: 'audio', muted: !muted });
  return (
    <div class="row tight-row">
      <IconButton
        class="small-button"
        icon={muted ? 'mic' : 'mic-off'}
        label={muted ? t('people.unmute', { name: peer.name }) : t('people.mute', { name: peer.name })}
        onClick={() => start(mute)}
      />
      <IconButton
        class="small-button"
        icon="lead"
        label={t('people.giveLead', { name: peer.name })}
        onClick={() => onAsk({ what: 'lead', peer })}
      />
      <IconButton
        class="small-button"
        icon="remove"
        label={t('people.remove', { name: peer.name })}
        onClick={() => onAsk({ what: 'remove', peer })}
      />
    </div>
  );
}

function AskDialog(props: { asking: Asking; onClose: () => void }): JSX.Element {
  const { session } = useRoom();
  const { what, peer } = props.asking;
  const name = peer.name;
  const run = async () => {
    const request =
      what === 'remove'
        ? () => session.request('room.removePeer', { peerId: peer.peerId })
        : () => session.request('room.handOverLead', { toPeerId: peer.peerId });
    if (await act(request)) props.onClose();
  };
  return (
    <FormDialog
      title={what === 'remove' ? t('people.remove', { name }) : t('people.giveLead', { name })}
      submit={what === 'remove' ? t('people.removeNow') : t('people.giveLeadNow')}
      danger={what === 'remove'}
      onSubmit={() => start(run)}
      onClose={props.onClose}
    >
      <p>{what === 'remove' ? t('people.removeText') : t('people.giveLeadText')}</p>
    </FormDialog>
  );
}

function Invites(): JSX.Element | null {
  const { session, state } = useRoom();
  const invites = openInvites(state.value, Date.now());
  if (invites.length === 0) return null;
  return (
    <section>
      <PanelTitle icon="link">{t('invite.openOnes')}</PanelTitle>
      <ul class="stack tight">
        {invites.map((invite) => (
          <li key={invite.inviteId} class="patient-row">
            <span class="grow">
              <span>{invite.name}</span>
              <br />
              <span class="small soft">
                {t(`role.${invite.role}`)} · {t('invite.until', { time: formatDateTime(invite.expiresAt) })}
              </span>
            </span>
            <button
              type="button"
              class="button small-button"
              onClick={() => start(() => session.request('room.revokeInvite', { inviteId: invite.inviteId }))}
            >
              {t('invite.revoke')}
              <span class="visually-hidden">{invite.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PeoplePanel(): JSX.Element {
  const { session, state } = useRoom();
  const [asking, setAsking] = useState<Asking>();
  const [open, setOpen] = useState<'invite' | 'admit'>();
  const directory = useDirectory();
  const unitName = (unitId: string | undefined) =>
    directory?.units.find((unit) => unit.unitId === unitId)?.name;
  const leads = state.value.leadPeerId === session.peerId;
  const staff =
    session.role !== undefined && ['coordinator', 'dispatcher', 'specialist', 'crew'].includes(session.role);
  return (
    <div class="panel stack loose">
      <ul class="people">
        {orderPeers(state.value, session.peerId).map((peer) => (
          <li key={peer.peerId} class="person">
            <div class="person-head">
              <Icon name={peer.unitId === undefined ? 'person' : 'ambulance'} />
              <div class="grow">
                <strong class="person-name">
                  {peer.name}
                  {peer.peerId === session.peerId ? ` (${t('people.you')})` : ''}
                </strong>
                <p class="small soft">
                  {[t(`role.${peer.role}`), unitName(peer.unitId), peer.device]
                    .filter((each) => each !== undefined)
                    .join(' · ')}
                </p>
              </div>
              <FloorKey peer={peer} />
              {leads && peer.peerId !== session.peerId ? (
                <LeadControls peer={peer} onAsk={setAsking} />
              ) : null}
            </div>
            <PersonTags peer={peer} />
          </li>
        ))}
      </ul>
      {staff ? (
        <button type="button" class="button" onClick={() => setOpen('invite')}>
          <Icon name="invite" />
          {t('invite.open')}
        </button>
      ) : null}
      {staff && signedIn()?.kind === 'person' ? (
        <button type="button" class="button" onClick={() => setOpen('admit')}>
          <Icon name="hospital" />
          {t('admit.open')}
        </button>
      ) : null}
      {staff ? <Invites /> : null}
      {staff ? <UnitsSection directory={directory} /> : null}
      {asking === undefined ? null : <AskDialog asking={asking} onClose={() => setAsking(undefined)} />}
      {open === 'invite' ? <InviteDialog onClose={() => setOpen(undefined)} /> : null}
      {open === 'admit' ? <AdmitDialog onClose={() => setOpen(undefined)} /> : null}
    </div>
  );
}
