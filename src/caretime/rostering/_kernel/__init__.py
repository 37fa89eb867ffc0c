"""Compiled dynamic programs over quarter hours: days, compositions, weeks."""
