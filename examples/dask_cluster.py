"""An ensemble on a Dask cluster: here one of two processes of this machine; the address of a larger one is used the same way.

The answer is a function of scenario, seed and number of samples: the cluster changes no bit of it.
"""

import numpy as np
from dask.distributed import LocalCluster

import trajectory as tj

SAMPLES = 400

if __name__ == "__main__":  # the workers import this file
    scenario = tj.load("tma11-ballistic")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        there = tj.disperse(scenario, SAMPLES, seed=1, scheduler=cluster.scheduler_address)
    here = tj.disperse(scenario, SAMPLES, seed=1)

    found = there.footprint()
    print(there.data["target_distance_m"].to_series().describe().round().to_string())
    print(f"99.7 % ellipse {found.semi_major / 1e3:.1f} x {found.semi_minor / 1e3:.1f} km")
    same = all(np.array_equal(there.columns[k], here.columns[k], equal_nan=True) for k in here.columns)
    print(f"the same bytes as with threads: {same}")
