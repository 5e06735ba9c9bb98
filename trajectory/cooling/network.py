"""A thermal network, stepped implicitly for any number of cabins at once.

C_i dT_i/dt = Q_i + sum G_ij (T_j - T_i) + sum R_ij sigma (T_j^4 - T_i^4) + sum W_ij (T_j - T_i), the last of flows that carry
heat one way. Backward Euler, its linear equations eliminated node by node with a vector of all cabins in each place;
radiation by Newton's linear form, repeated until it no longer moves. What leaves one node arrives at the other, so that
the energy closes to rounding. Lumped nodes: the Biot number of each is below 0.1 (Incropera & DeWitt, section 5.2).
"""

from __future__ import annotations

import numpy as np

STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m2 K4), CODATA 2018
SETTLED = 1e-9  # K


def defects(nodes: dict[str, tuple[bool, bool]], links: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """What is wrong with a network: (key, sentence) each. nodes: name -> (held at a temperature, has a heat capacity)."""
    found = []
    near: dict[str, set[str]] = {name: set() for name in nodes}
    for name, (a, b) in links.items():
        for end in (a, b):
            if end not in nodes:
                found.append((f"link.{name}", f"there is no node {end!r}; allowed: {', '.join(nodes)}"))
        if a == b:
            found.append((f"link.{name}", f"leads from {a!r} to itself"))
        if a in nodes and b in nodes and a != b:
            near[a].add(b)
            near[b].add(a)
    for name, (held, _) in nodes.items():
        if not near[name] and not (held and not links):
            found.append((f"node.{name}", "is connected with nothing: a link is due"))
    light = [n for n, (held, stores) in nodes.items() if not held and not stores]
    for circle in circles(light, near):
        found.append((f"node.{circle[0]}", f"has no heat capacity, in a cycle without any: {' - '.join(circle)}"))
    return found


def circles(names, near) -> list[list[str]]:
    """One cycle among the named nodes for each part of the network that holds one."""
    seen, out = set(), []
    for start in names:
        if start in seen:
            continue
        stack, parents = [(start, None)], {}
        while stack:
            here, before = stack.pop()
            if here in parents:
                continue
            parents[here] = before
            seen.add(here)
            for other in sorted(near[here] & set(names)):
                if other in parents and other != before:
                    line = [here]
                    while line[-1] is not None and line[-1] != other:
                        line.append(parents[line[-1]])
                    out.append([x for x in line if x is not None])
                    stack = []
                    break
                stack.append((other, here))
    return out


def solve(rows: list[list], right: list) -> list:
    """Gauss's elimination of a small system whose entries are vectors, or 0.0 where there is none. Its diagonal prevails."""
    n = len(rows)
    for k in range(n):
        for i in range(k + 1, n):
            entry = rows[i][k]
            if isinstance(entry, float) and entry == 0.0:
                continue
            ratio = entry / rows[k][k]
            for j in range(k + 1, n):
                upper = rows[k][j]
                if not (isinstance(upper, float) and upper == 0.0):
                    rows[i][j] = rows[i][j] - ratio * upper
            right[i] = right[i] - ratio * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            upper = rows[k][j]
            if not (isinstance(upper, float) and upper == 0.0):
                right[k] = right[k] - upper * right[j]
        right[k] = right[k] / rows[k][k]
    return right


def advance(t, held, capacity, heat, links, seconds: float):
    """(temperatures K a step later, energy J that came from the nodes held, kept apart by node).

    t: a vector for each node. held: whether its temperature is given. capacity: J/K, vectors or numbers; 0 for a node that
    stores nothing. heat: W. links: (a, b, kind, strength), kind "conduction" W/K, "radiation" m2 or "flow" W/K from a into b.
    """
    n = len(t)
    free = [i for i in range(n) if not held[i]]
    place = {i: k for k, i in enumerate(free)}
    glows = any(kind == "radiation" for _, _, kind, _ in links)
    guess = list(t)
    for _ in range(6):
        rows = [[0.0] * len(free) for _ in free]
        right = [capacity[i] / seconds * t[i] + heat[i] for i in free]
        for k, i in enumerate(free):
            rows[k][k] = rows[k][k] + capacity[i] / seconds
        strengths = []
        for a, b, kind, strength in links:
            if kind == "radiation":
                # the law's secant at the guess: exact where the guess has settled
                x, y = guess[a], guess[b]
                strength = strength * STEFAN_BOLTZMANN * (x * x + y * y) * (x + y)
            strengths.append(strength)
            for here, there in ((a, b), (b, a)):
                if here not in place or (kind == "flow" and here == a):
                    continue
                k = place[here]
                rows[k][k] = rows[k][k] + strength
                if there in place:
                    rows[k][place[there]] = rows[k][place[there]] - strength
                else:
                    right[k] = right[k] + strength * t[there]
        found = solve(rows, right)
        new = list(t)
        for i in free:
            new[i] = found[place[i]]
        moved = max((float(np.max(np.abs(new[i] - guess[i]))) for i in free), default=0.0)
        guess = new
        if not glows or moved < SETTLED:
            break
    gained = [0.0] * n
    for (a, b, kind, _), strength in zip(links, strengths, strict=True):
        flow = strength * (guess[a] - guess[b]) * seconds
        if kind == "flow":
            gained[a] = gained[a] + flow  # carried in from upstream, which need not store it
        else:
            gained[a] = gained[a] + flow if held[a] else gained[a]
            gained[b] = gained[b] - flow if held[b] else gained[b]
    return guess, gained
