// Look-ups with tg (github.com/tidwall/tg) behind an R-tree, for benches/owners.rs. Compiled by the
// bench beside tg.c of the folder that WANGGE_TG names.
//
// peer AREAS POINTS ANSWERS RUNS
// AREAS: for each polygon u32 area, u32 rings, for each ring u32 corners (closed) and lon, lat.
// POINTS: lon, lat. ANSWERS gets for each point the u32 number of the first area found, or all
// ones. Prints nanoseconds of this thread for one run over all points, the least of RUNS, for each
// of tg's two indexes of edges.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tg.h"

enum { FANOUT = 16 };

typedef struct {
    double box[4]; // west, south, east, north
    uint32_t item; // of a leaf
    struct tg_geom *geom;
} leaf;

// Levels of boxes, from the leaves up, each 16 under one: a sort-tile-recursive R-tree
// (Leutenegger et al. 1997).
static leaf *leaves;
static size_t leaf_count;
static double (*levels[12])[4];
static size_t level_count[12];
static int top;

static void *read_all(const char *name, size_t *size) {
    FILE *file = fopen(name, "rb");
    if (!file) exit(3);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *data = malloc(*size + 1);
    if (!data || fread(data, 1, *size, file) != *size) exit(3);
    fclose(file);
    return data;
}

static int by_x(const void *a, const void *b) {
    const leaf *p = a, *q = b;
    double x = p->box[0] + p->box[2], y = q->box[0] + q->box[2];
    return (x > y) - (x < y);
}

static int by_y(const void *a, const void *b) {
    const leaf *p = a, *q = b;
    double x = p->box[1] + p->box[3], y = q->box[1] + q->box[3];
    return (x > y) - (x < y);
}

static void grow(double *box, const double *by) {
    if (by[0] < box[0]) box[0] = by[0];
    if (by[1] < box[1]) box[1] = by[1];
    if (by[2] > box[2]) box[2] = by[2];
    if (by[3] > box[3]) box[3] = by[3];
}

static void read_areas(const char *name, enum tg_index index) {
    size_t size, at = 0, room = 0;
    char *data = read_all(name, &size);
    leaf_count = 0;
    leaves = NULL;
    while (at < size) {
        uint32_t head[2];
        memcpy(head, data + at, 8);
        at += 8;
        struct tg_ring **rings = malloc(head[1] * sizeof *rings);
        for (uint32_t r = 0; r < head[1]; r++) {
            uint32_t count;
            memcpy(&count, data + at, 4);
            at += 4;
            struct tg_point *points = malloc(count * sizeof *points);
            memcpy(points, data + at, count * sizeof *points);
            at += count * sizeof *points;
            rings[r] = tg_ring_new_ix(points, (int)count, index);
            free(points);
        }
        struct tg_poly *poly = tg_poly_new(
            rings[0], (const struct tg_ring *const *)rings + 1, (int)head[1] - 1);
        if (leaf_count == room) {
            room = room ? room * 2 : 1024;
            leaves = realloc(leaves, room * sizeof *leaves);
        }
        struct tg_rect rect = tg_ring_rect(rings[0]);
        leaf *one = &leaves[leaf_count++];
        one->box[0] = rect.min.x, one->box[1] = rect.min.y;
        one->box[2] = rect.max.x, one->box[3] = rect.max.y;
        one->item = head[0];
        one->geom = tg_geom_new_polygon(poly);
        // Each counts who holds it.
        tg_poly_free(poly);
        for (uint32_t r = 0; r < head[1]; r++) tg_ring_free(rings[r]);
        free(rings);
    }
    free(data);
}

static void pack(void) {
    size_t slabs = (size_t)ceil(sqrt(ceil((double)leaf_count / FANOUT)));
    size_t slab = slabs ? (leaf_count + slabs - 1) / slabs : 1;
    slab = (slab + FANOUT - 1) / FANOUT * FANOUT;
    qsort(leaves, leaf_count, sizeof *leaves, by_x);
    for (size_t from = 0; from < leaf_count; from += slab) {
        size_t count = leaf_count - from < slab ? leaf_count - from : slab;
        qsort(leaves + from, count, sizeof *leaves, by_y);
    }
    top = 0;
    size_t below = leaf_count;
    do {
        size_t count = (below + FANOUT - 1) / FANOUT;
        levels[top] = malloc((count + 1) * sizeof *levels[top]);
        level_count[top] = count;
        for (size_t n = 0; n < count; n++) {
            double *box = levels[top][n];
            for (size_t k = n * FANOUT; k < below && k < (n + 1) * FANOUT; k++) {
                const double *by = top ? levels[top - 1][k] : leaves[k].box;
                if (k == n * FANOUT) memcpy(box, by, 32);
                else grow(box, by);
            }
        }
        below = count;
        top++;
    } while (below > 1);
}

static int holds(const double *box, double x, double y) {
    return (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]);
}

static uint32_t find(int level, size_t node, double x, double y) {
    if (level < 0) {
        return tg_geom_intersects_xy(leaves[node].geom, x, y) ? leaves[node].item : UINT32_MAX;
    }
    size_t below = level ? level_count[level - 1] : leaf_count;
    size_t end = (node + 1) * FANOUT < below ? (node + 1) * FANOUT : below;
    for (size_t n = node * FANOUT; n < end; n++) {
        const double *box = level ? levels[level - 1][n] : leaves[n].box;
        if (holds(box, x, y)) {
            uint32_t found = find(level - 1, n, x, y);
            if (found != UINT32_MAX) return found;
        }
    }
    return UINT32_MAX;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    const enum tg_index kinds[] = {TG_NATURAL, TG_YSTRIPES};
    const char *names[] = {"natural", "ystripes"};
    size_t size;
    double *points = read_all(arguments[2], &size);
    size_t asked = size / 16;
    uint32_t *answers = malloc(asked * sizeof *answers + 1);
    for (int kind = 0; kind < 2; kind++) {
        read_areas(arguments[1], kinds[kind]);
        pack();
        double least = INFINITY;
        for (int run = 0; run < atoi(arguments[4]); run++) {
            double begin = now();
            for (size_t n = 0; n < asked; n++) {
                double x = points[2 * n], y = points[2 * n + 1];
                answers[n] = holds(levels[top - 1][0], x, y) ? find(top - 1, 0, x, y) : UINT32_MAX;
            }
            double took = now() - begin;
            if (took < least) least = took;
        }
        printf("%s %.0f\n", names[kind], least);
        for (size_t n = 0; n < leaf_count; n++) tg_geom_free(leaves[n].geom);
        free(leaves);
        for (int level = 0; level < top; level++) free(levels[level]);
    }
    FILE *file = fopen(arguments[3], "wb");
    if (!file || fwrite(answers, 4, asked, file) != asked || fclose(file)) return 3;
    return 0;
}
