"""An incident: who is affected, the plan, its dates, and the way back."""
