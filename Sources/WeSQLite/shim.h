#pragma once
#include <sqlite3.h>

/// Swift cannot import the macro, a cast of -1 to a function pointer.
static inline sqlite3_destructor_type we_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/// Swift cannot import variadic functions: this is sqlite3_db_config for an int option.
static inline int we_sqlite_db_config_int(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}
