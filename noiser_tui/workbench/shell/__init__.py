"""What stands around the documents: activity bar, side bar, tabs, panel."""
