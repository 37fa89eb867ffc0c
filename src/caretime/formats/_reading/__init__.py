"""From bytes on a disk to cells of text with line numbers; no meaning yet."""
