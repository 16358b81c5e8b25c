# the crypt32 and ncrypt subset
