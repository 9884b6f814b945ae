// A file of its own: linux/tcp.h and netinet/tcp.h define the same names.
#include <linux/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define _NETINET_TCP_H 1 // keep netinet/tcp.h out of CLinux.h
#include "CLinux.h"

int clinux_read_tcp_info(int fd, struct clinux_tcp_info *out) {
  struct tcp_info in;
  socklen_t size = sizeof in;
  memset(&in, 0, sizeof in); // an older kernel fills less: the rest reads as zero
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &in, &size) != 0) return -1;
  *out = (struct clinux_tcp_info){
      .state = in.tcpi_state,
      .congestion_state = in.tcpi_ca_state,
      .retransmits = in.tcpi_retransmits,
      .rto_us = in.tcpi_rto,
      .send_mss = in.tcpi_snd_mss,
      .receive_mss = in.tcpi_rcv_mss,
      .unacked = in.tcpi_unacked,
      .sacked = in.tcpi_sacked,
      .lost = in.tcpi_lost,
      .retransmitted = in.tcpi_retrans,
      .last_data_sent_ms = in.tcpi_last_data_sent,
      .last_data_received_ms = in.tcpi_last_data_recv,
      .last_ack_received_ms = in.tcpi_last_ack_recv,
      .path_mtu = in.tcpi_pmtu,
      .rtt_us = in.tcpi_rtt,
      .rtt_variance_us = in.tcpi_rttvar,
      .min_rtt_us = in.tcpi_min_rtt,
      .send_cwnd = in.tcpi_snd_cwnd,
      .send_ssthresh = in.tcpi_snd_ssthresh,
      .receive_rtt_us = in.tcpi_rcv_rtt,
      .receive_space = in.tcpi_rcv_space,
      .total_retransmits = in.tcpi_total_retrans,
      .not_sent_bytes = in.tcpi_notsent_bytes,
      .reordering = in.tcpi_reordering,
      .pacing_rate = in.tcpi_pacing_rate,
      .delivery_rate = in.tcpi_delivery_rate,
      .bytes_acked = in.tcpi_bytes_acked,
      .bytes_received = in.tcpi_bytes_received,
      .bytes_sent = in.tcpi_bytes_sent,
      .bytes_retransmitted = in.tcpi_bytes_retrans,
      .segments_out = in.tcpi_segs_out,
      .segments_in = in.tcpi_segs_in,
  };
  return 0;
}
