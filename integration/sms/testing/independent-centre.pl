#!/usr/bin/perl
# A message centre on Net::SMPP (Debian: libnet-smpp-perl), which shares no code with the sender under test. It says what
# it read, one JSON object a line: the port first, then each PDU with its texts in hexadecimal.
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0) or die "cannot listen: $!";
print encode_json({ port => $listener->sockport }), "\n";
my $id = 0x1000;
while (my $peer = $listener->accept) {
  $peer->set_version(0x34);
  while (my $pdu = $peer->read_pdu) {
    my %said = map { $_ => $pdu->{$_} }
      grep { defined $pdu->{$_} && !ref $pdu->{$_} && $_ ne 'data' } keys %$pdu;
    for my $bytes (qw(short_message message_payload)) {
      $said{$bytes} = unpack('H*', $said{$bytes}) if defined $said{$bytes};
    }
    print encode_json(\%said), "\n";
    my %seq = (seq => $pdu->{seq});
    if ($pdu->{cmd} == 0x09) { $peer->bind_transceiver_resp(system_id => 'perl', %seq) }
    elsif ($pdu->{cmd} == 0x15) { $peer->enquire_link_resp(%seq) }
    elsif ($pdu->{cmd} == 0x06) { $peer->unbind_resp(%seq); last }
    elsif ($pdu->{cmd} == 0x04) {
      my $name = sprintf('%x', ++$id);
      $peer->submit_sm_resp(message_id => $name, %seq);
      $peer->deliver_sm(
        async => 1, esm_class => 0x04, source_addr => $pdu->{destination_addr}, destination_addr => '120',
        short_message => "id:$name sub:001 dlvrd:001 submit date:2611201830 done date:2611201831 stat:DELIVRD err:000 text:",
      );
    }
  }
  $peer->close;
}
