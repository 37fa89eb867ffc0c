-- Holds are written down as every change is; planning may see them.
SELECT audit_table('care_hold', 'hold_id');
GRANT SELECT ON care_hold TO caretime_planner;
