// Asks the console of a PgBouncer what prometheus-community/pgbouncer_exporter asks, with its driver and by the variables
// of its container, and writes the answers as JSON: query, then column to text, row by row.
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"os"

	_ "github.com/lib/pq"
)

var queries = []string{"SHOW STATS", "SHOW LISTS", "SHOW CONFIG", "SHOW DATABASES", "SHOW STATS_TOTALS", "SHOW POOLS", "SHOW VERSION"}

func main() {
	database, err := sql.Open("postgres", os.Getenv("PGBOUNCER_EXPORTER_CONNECTION_STRING"))
	if err != nil {
		log.Fatal(err)
	}
	defer database.Close()
	found := map[string][]map[string]string{}
	for _, query := range append(queries, os.Args[1:]...) {
		if found[query], err = ask(database, query); err != nil {
			log.Fatalf("%s: %v", query, err)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}

func ask(database *sql.DB, query string) ([]map[string]string, error) {
	rows, err := database.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	found := []map[string]string{}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for number := range values {
			places[number] = &values[number]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		row := map[string]string{}
		for number, column := range columns {
			if text, raw := values[number].([]byte); raw {
				row[column] = string(text)
			} else if values[number] != nil {
				row[column] = fmt.Sprint(values[number])
			}
		}
		found = append(found, row)
	}
	return found, rows.Err()
}
