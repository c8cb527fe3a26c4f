"""The sampling kernel: frame root, seed, tickets, stratified draw and inspector teams, all pure functions.

No choice of who is in a frame, and no plan: those are data. The protocol is docs/draw_protocol.md.
"""
