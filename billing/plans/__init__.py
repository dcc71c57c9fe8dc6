"""Plans: control data, in the public schema. Staff draft, publish and retire versions; a published one stays."""
