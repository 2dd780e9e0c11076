"""Many paths of one economy: a run is a folder of chunks that can be stopped, continued, opened again and compared."""
